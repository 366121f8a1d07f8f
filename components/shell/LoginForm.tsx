'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { Banner } from '@/components/ui/Banner';
import { Button } from '@/components/ui/Button';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { signInMutation } from '@/lib/api/session';
import { safeNextPath } from './safeNextPath';
import { useProblemText } from './useProblemText';

const credentialsSchema = z.object({
  email: z.email('emailInvalid'),
  password: z.string().min(1, 'passwordRequired'),
});

type LoginFormProps = {
  /** Where the person was going. */
  next?: string;
};

export function LoginForm({ next }: LoginFormProps) {
  const t = useTranslations('auth');
  const problemText = useProblemText();
  const form = useForm({
    resolver: zodResolver(credentialsSchema),
    defaultValues: { email: '', password: '' },
    reValidateMode: 'onBlur',
  });
  const signIn = useMutation({
    ...signInMutation,
    // A full load: the server sees the new cookie, and nothing of a former person stays in memory.
    onSuccess: () => window.location.assign(safeNextPath(next)),
    onError: () => form.setFocus('password'),
  });
  const { errors } = form.formState;
  const errorText = (code: string | undefined) => (code ? t(code as 'emailInvalid') : undefined);
  return (
    <form
      noValidate
      onSubmit={form.handleSubmit((values) => signIn.mutate(values))}
      className="flex flex-col gap-4"
    >
      {next && !signIn.isError && <Banner>{t('expired')}</Banner>}
      {signIn.isError && (
        <Banner tone="danger" alert>
          {problemText(signIn.error)}
        </Banner>
      )}
      <Field label={t('email')} error={errorText(errors.email?.message)}>
        <Input type="email" autoComplete="username" autoFocus className="h-10" {...form.register('email')} />
      </Field>
      <Field label={t('password')} error={errorText(errors.password?.message)}>
        <Input
          type="password"
          autoComplete="current-password"
          className="h-10"
          {...form.register('password')}
        />
      </Field>
      <Button
        type="submit"
        variant="primary"
        size="lg"
        loading={signIn.isPending || signIn.isSuccess}
        className="mt-1 text-sm"
      >
        {t('submit')}
      </Button>
    </form>
  );
}
