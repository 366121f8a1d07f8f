'use client';

import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { Banner } from '@/components/ui/Banner';
import { Button } from '@/components/ui/Button';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { recoverMutation } from '@/lib/api/session';
import { ToLogin } from './ToLogin';
import { useHydrated } from './useHydrated';
import { useProblemText } from './useProblemText';

/** Asks for a link by mail. What it says does not tell whether there is such an account. */
export function ForgotForm() {
  const t = useTranslations('auth');
  const problemText = useProblemText();
  const ready = useHydrated();
  const [isWrong, setWrong] = useState(false);
  const recover = useMutation(recoverMutation);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const email = String(new FormData(event.currentTarget).get('email')).trim();
    const found = !/^\S+@\S+$/.test(email);
    setWrong(found);
    if (found) event.currentTarget.querySelector<HTMLInputElement>('[name=email]')?.focus();
    else recover.mutate({ email });
  };
  return (
    <form method="post" noValidate onSubmit={submit} className="flex flex-col gap-4">
      {recover.isSuccess && (
        <Banner tone="success" alert>
          {t('forgot.sent')}
        </Banner>
      )}
      {recover.isError && (
        <Banner tone="danger" alert>
          {problemText(recover.error)}
        </Banner>
      )}
      <Field label={t('email')} error={isWrong && t('emailInvalid')}>
        <Input name="email" type="email" autoComplete="username" autoFocus className="h-10" />
      </Field>
      <Button
        type="submit"
        disabled={!ready}
        variant="primary"
        size="lg"
        loading={recover.isPending}
        className="mt-1 text-sm"
      >
        {t('forgot.submit')}
      </Button>
      <ToLogin />
    </form>
  );
}
