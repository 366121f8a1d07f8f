import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { AuthScreen } from '@/components/shell/AuthScreen';
import { ForgotForm } from '@/components/shell/ForgotForm';
import { ToLogin } from '@/components/shell/ToLogin';
import { env } from '@/lib/env';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth.forgot'))('title') };
}

export default async function ForgotPage() {
  const t = await getTranslations('auth.forgot');
  const sendsMail = env().WEBHOOKS_SENDS_MAIL;
  return (
    <AuthScreen heading={t('title')} intro={t(sendsMail ? 'intro' : 'noMail')}>
      {sendsMail ? <ForgotForm /> : <ToLogin />}
    </AuthScreen>
  );
}
