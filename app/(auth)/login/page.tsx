import { CheckCheck, RefreshCw, ScrollText } from 'lucide-react';
import type { Metadata } from 'next';
import { useTranslations } from 'next-intl';
import { getTranslations } from 'next-intl/server';
import { LanguageSwitch } from '@/components/shell/LanguageSwitch';
import { LoginForm } from '@/components/shell/LoginForm';
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
      <Pitch />
    </div>
  );
}

const points = [
  { name: 'signed', icon: CheckCheck },
  { name: 'retried', icon: RefreshCw },
  { name: 'traced', icon: ScrollText },
] as const;

function Pitch() {
  const t = useTranslations('auth.pitch');
  return (
    <aside className="m-2 hidden flex-col justify-end gap-6 rounded-xl bg-[oklch(0.3_0.14_267)] p-12 text-[oklch(0.97_0.01_267)] lg:flex">
      <h2 className="max-w-md text-[2.25rem] leading-tight tracking-tight">{t('title')}</h2>
      <ul className="flex flex-col gap-3 text-base text-[oklch(0.88_0.04_267)]">
        {points.map(({ name, icon: Icon }) => (
          <li key={name} className="flex items-center gap-3">
            <Icon aria-hidden className="size-4.5 shrink-0" />
            {t(name)}
          </li>
        ))}
      </ul>
    </aside>
  );
}
