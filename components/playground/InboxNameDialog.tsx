'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { inboxInputSchema } from '@/lib/domain/playground';
import { FormDialog } from '../shell/FormDialog';
import { useFieldErrorText } from '../shell/useFieldErrorText';
import { Field } from '../ui/Field';
import { Input } from '../ui/Input';

const nameSchema = inboxInputSchema.pick({ name: true });

type InboxNameDialogProps = {
  /** The inbox that is named anew; undefined for one to be made. */
  inboxId?: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  submitLabel: string;
  initial: string;
  onSubmit: (name: string) => Promise<unknown>;
};

/** Asks for an inbox's name: for a new one, or a new name. */
export function InboxNameDialog(props: InboxNameDialogProps) {
  const t = useTranslations('playground');
  const word = useFieldErrorText();
  const [failure, setFailure] = useState<unknown>(null);
  const form = useForm({ resolver: zodResolver(nameSchema), values: { name: props.initial } });
  const code = form.formState.errors.name?.message;
  const save = form.handleSubmit(async ({ name }) => {
    setFailure(null);
    try {
      await props.onSubmit(name);
      form.reset();
      props.onOpenChange(false);
    } catch (error) {
      setFailure(error);
    }
  });
  return (
    <FormDialog
      open={props.open}
      onOpenChange={(next) => {
        setFailure(null);
        props.onOpenChange(next);
      }}
      title={props.title}
      form={form}
      draftName={`inbox ${props.inboxId ?? 'new'}`}
      submitLabel={props.submitLabel}
      pending={form.formState.isSubmitting}
      onSubmit={save}
      failure={failure}
      creates={props.inboxId === undefined}
    >
      <Field label={t('name')} hint={t('nameHint')} error={code ? word({ code }) : undefined} required>
        <Input autoComplete="off" {...form.register('name')} />
      </Field>
    </FormDialog>
  );
}
