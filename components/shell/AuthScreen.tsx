import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { LanguageSwitch } from './LanguageSwitch';
import { LoginPitch } from './LoginPitch';
import { Logo } from './Logo';

type AuthScreenProps = { heading: ReactNode; intro: ReactNode; children: ReactNode };

/** The screens of whoever is not signed in: one form, and beside it what the product is for. */
export function AuthScreen({ heading, intro, children }: AuthScreenProps) {
  const t = useTranslations('common');
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)]">
      <main className="flex flex-col p-6 md:p-10">
        <div className="flex items-center justify-between">
          <span className="flex items-center gap-2.5 font-semibold text-base tracking-tight">
            <Logo />
            {t('appName')}
          </span>
          <LanguageSwitch />
        </div>
        <div className="m-auto flex w-full max-w-sm flex-col gap-6 py-12">
          <div className="flex flex-col gap-1">
            <h1 className="text-2xl">{heading}</h1>
            <p className="text-base text-muted">{intro}</p>
          </div>
          {children}
        </div>
      </main>
      <LoginPitch />
    </div>
  );
}
