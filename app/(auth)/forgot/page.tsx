import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { AuthScreen } from '@/components/shell/AuthScreen';
import { ForgotForm } from '@/components/shell/ForgotForm';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth.forgot'))('title') };
}

export default async function ForgotPage() {
  const t = await getTranslations('auth.forgot');
  return (
    <AuthScreen heading={t('title')} intro={t('intro')}>
      <ForgotForm />
    </AuthScreen>
  );
}
