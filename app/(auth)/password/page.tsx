import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { AuthScreen } from '@/components/shell/AuthScreen';
import { LinkOver } from '@/components/shell/LinkOver';
import { PasswordForm } from '@/components/shell/PasswordForm';
import { linkOf } from '@/lib/domain/authLink';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth.newPassword'))('title'), referrer: 'no-referrer' };
}

type PasswordPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Where the links of the auth server lead. Opening it uses nothing up: programs that read mail open links, too. */
export default async function PasswordPage({ searchParams }: PasswordPageProps) {
  const link = linkOf(await searchParams);
  const t = await getTranslations('auth.newPassword');
  const isInvitation = link?.type === 'invite' || link?.type === 'signup';
  return (
    <AuthScreen
      heading={t(isInvitation ? 'welcome' : 'title')}
      intro={t(!link ? 'overIntro' : isInvitation ? 'welcomeIntro' : 'intro')}
    >
      {link ? <PasswordForm link={link} /> : <LinkOver />}
    </AuthScreen>
  );
}
