import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { AuthScreen } from '@/components/shell/AuthScreen';
import { LoginForm } from '@/components/shell/LoginForm';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth'))('title') };
}

type LoginPageProps = { searchParams: Promise<{ next?: string | string[] }> };

export default async function LoginPage({ searchParams }: LoginPageProps) {
  const { next } = await searchParams;
  const t = await getTranslations('auth');
  return (
    <AuthScreen heading={t('heading')} intro={t('intro')}>
      <LoginForm next={typeof next === 'string' ? next : undefined} />
    </AuthScreen>
  );
}
