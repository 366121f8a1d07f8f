import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { LanguageSwitch } from '@/components/shell/LanguageSwitch';
import { LoginForm } from '@/components/shell/LoginForm';
import { LoginPitch } from '@/components/shell/LoginPitch';
import { Logo } from '@/components/shell/Logo';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth'))('title') };
}

type LoginPageProps = { searchParams: Promise<{ next?: string | string[] }> };

export default async function LoginPage({ searchParams }: LoginPageProps) {
  const { next } = await searchParams;
  const t = await getTranslations();
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)]">
      <main className="flex flex-col p-6 md:p-10">
        <div className="flex items-center justify-between">
          <span className="flex items-center gap-2.5 font-semibold text-base tracking-tight">
            <Logo />
            {t('common.appName')}
          </span>
          <LanguageSwitch />
        </div>
        <div className="m-auto flex w-full max-w-sm flex-col gap-6 py-12">
          <div className="flex flex-col gap-1">
            <h1 className="text-2xl">{t('auth.heading')}</h1>
            <p className="text-base text-muted">{t('auth.intro')}</p>
          </div>
          <LoginForm next={typeof next === 'string' ? next : undefined} />
        </div>
      </main>
      <LoginPitch />
    </div>
  );
}
