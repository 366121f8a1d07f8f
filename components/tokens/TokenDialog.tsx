'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { makeToken, tokenListQuery } from '@/lib/api/tokens';
import {
  type TokenInput,
  type TokenScope,
  tokenInputSchema,
  tokenLives,
  tokenScopes,
} from '@/lib/domain/issuedToken';
import { FormDialog } from '../shell/FormDialog';
import { useFieldErrorText } from '../shell/useFieldErrorText';
import { Field } from '../ui/Field';
import { Input } from '../ui/Input';
import { RadioCards } from '../ui/RadioCards';
import { Select } from '../ui/Select';

type TokenDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Handed the token, which nobody can read again. */
  onMade: (made: { token: string; scope: TokenScope }) => void;
};

const values: TokenInput = { name: '', scope: 'trigger', days: 90 };

/** Makes a token: for what, and for how long. */
export function TokenDialog({ open, onOpenChange, onMade }: TokenDialogProps) {
  const t = useTranslations('tokens');
  const word = useFieldErrorText();
  const client = useQueryClient();
  const [failure, setFailure] = useState<unknown>(null);
  const form = useForm({ resolver: zodResolver(tokenInputSchema), defaultValues: values });
  const make = useMutation({
    mutationFn: makeToken,
    onSuccess: ({ token }, { scope }) => {
      form.reset();
      onOpenChange(false);
      onMade({ token, scope });
    },
    onError: setFailure,
    onSettled: () => client.invalidateQueries({ queryKey: tokenListQuery.queryKey }),
  });
  const save = form.handleSubmit((input) => {
    setFailure(null);
    make.mutate(input);
  });
  const code = form.formState.errors.name?.message;
  return (
    <FormDialog
      open={open}
      onOpenChange={(next) => {
        setFailure(null);
        onOpenChange(next);
      }}
      title={t('newTitle')}
      form={form}
      draftName="token new"
      submitLabel={t('create')}
      pending={make.isPending}
      onSubmit={save}
      failure={failure}
      creates
      className="flex flex-col gap-4"
    >
      <Field label={t('name')} hint={t('nameHint')} error={code ? word({ code }) : undefined} required>
        <Input autoComplete="off" {...form.register('name')} />
      </Field>
      <Controller
        control={form.control}
        name="scope"
        render={({ field }) => (
          <RadioCards
            legend={t('scope')}
            value={field.value}
            onValueChange={field.onChange}
            options={tokenScopes.map((value) => ({
              value,
              label: t(`scopes.${value}.name`),
              hint: t(`scopes.${value}.hint`),
            }))}
          />
        )}
      />
      <Controller
        control={form.control}
        name="days"
        render={({ field }) => (
          <Field label={t('expires')} hint={field.value === null ? t('neverHint') : undefined}>
            <Select
              value={String(field.value)}
              onValueChange={(value) => field.onChange(tokenLives.find((days) => String(days) === value))}
              options={tokenLives.map((days) => ({
                value: String(days),
                label: days === null ? t('never') : t('inDays', { days }),
              }))}
            />
          </Field>
        )}
      />
    </FormDialog>
  );
}
