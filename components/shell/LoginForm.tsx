'use client';

import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { type FormEvent, useRef, useState } from 'react';
import { Banner } from '@/components/ui/Banner';
import { Button } from '@/components/ui/Button';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { Link } from '@/components/ui/Link';
import { signInMutation } from '@/lib/api/session';
import { quietLink } from './quietLink';
import { useHydrated } from './useHydrated';
import { useProblemText } from './useProblemText';

type LoginFormProps = {
  /** Where the person was going. */
  next?: string;
};

/** Two fields: no form library, so that the first page of all arrives quickly. */
export function LoginForm({ next }: LoginFormProps) {
  const t = useTranslations('auth');
  const problemText = useProblemText();
  const ready = useHydrated();
  const form = useRef<HTMLFormElement & { password: HTMLInputElement }>(null);
  const [wrong, setWrong] = useState({ email: false, password: false });
  const signIn = useMutation({
    ...signInMutation,
    // A full load: the server sees the new cookie, and nothing of a former person stays in memory.
    onSuccess: () => window.location.assign(safeNextPath(next)),
    onError: () => form.current?.password.focus(),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const email = String(fields.get('email')).trim();
    const password = String(fields.get('password'));
    const found = { email: !/^\S+@\S+$/.test(email), password: password === '' };
    setWrong(found);
    if (found.email || found.password) {
      event.currentTarget
        .querySelector<HTMLInputElement>(found.email ? '[name=email]' : '[name=password]')
        ?.focus();
      return;
    }
    signIn.mutate({ email, password });
  };
  return (
    <form ref={form} method="post" noValidate onSubmit={submit} className="flex flex-col gap-4">
      {next && !signIn.isError && <Banner>{t('expired')}</Banner>}
      {signIn.isError && (
        <Banner tone="danger" alert>
          {problemText(signIn.error)}
        </Banner>
      )}
      <Field label={t('email')} error={wrong.email && t('emailInvalid')}>
        <Input name="email" type="email" autoComplete="username" autoFocus className="h-10" />
      </Field>
      <Field label={t('password')} error={wrong.password && t('passwordRequired')}>
        <Input name="password" type="password" autoComplete="current-password" className="h-10" />
      </Field>
      <Button
        type="submit"
        disabled={!ready}
        variant="primary"
        size="lg"
        loading={signIn.isPending || signIn.isSuccess}
        className="mt-1 text-sm"
      >
        {t('submit')}
      </Button>
      <Link href="/forgot" className={quietLink}>
        {t('forgotLink')}
      </Link>
    </form>
  );
}

const home = '/webhooks';

/** The path to go to after signing in: within this site only, whatever the link says. */
function safeNextPath(next: string | undefined): string {
  if (!next?.startsWith('/')) return home;
  const base = 'http://here.invalid';
  if (!URL.canParse(next, base)) return home;
  const url = new URL(next, base);
  return url.origin === base && !url.pathname.startsWith('//') ? url.pathname + url.search : home;
}
