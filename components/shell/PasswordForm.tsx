'use client';

import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { Banner } from '@/components/ui/Banner';
import { Button } from '@/components/ui/Button';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { choosePasswordMutation } from '@/lib/api/session';
import type { AuthLink } from '@/lib/domain/authLink';
import { WebhookError } from '@/lib/domain/errors';
import { LinkOver } from './LinkOver';
import { useHydrated } from './useHydrated';
import { useProblemText } from './useProblemText';

const shortest = 10;

/** Chooses a password with a link of the auth server, which is used up by it; whoever did is signed in. */
export function PasswordForm({ link }: { link: AuthLink }) {
  const t = useTranslations('auth.newPassword');
  const problemText = useProblemText();
  const ready = useHydrated();
  const [isShort, setShort] = useState(false);
  const choose = useMutation({
    ...choosePasswordMutation,
    // A full load, in place of the address with the link.
    onSuccess: () => window.location.replace('/webhooks'),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get('password'));
    const found = password.length < shortest;
    setShort(found);
    if (found) event.currentTarget.querySelector<HTMLInputElement>('[name=password]')?.focus();
    else choose.mutate({ password, link });
  };
  if (choose.error instanceof WebhookError && choose.error.code === 'link_over') return <LinkOver />;
  return (
    <form method="post" noValidate onSubmit={submit} className="flex flex-col gap-4">
      {choose.isError && (
        <Banner tone="danger" alert>
          {problemText(choose.error)}
        </Banner>
      )}
      <Field label={t('label')} hint={t('hint')} error={isShort && t('tooShort')}>
        <Input name="password" type="password" autoComplete="new-password" autoFocus className="h-10" />
      </Field>
      <Button
        type="submit"
        disabled={!ready}
        variant="primary"
        size="lg"
        loading={choose.isPending || choose.isSuccess}
        className="mt-1 text-sm"
      >
        {t('submit')}
      </Button>
    </form>
  );
}
