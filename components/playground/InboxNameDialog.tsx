'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { useId } from 'react';
import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { inboxInputSchema } from '@/lib/domain/playground';
import { useFieldErrorText } from '../shell/useFieldErrorText';
import { useProblemText } from '../shell/useProblemText';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Field } from '../ui/Field';
import { Input } from '../ui/Input';

const nameSchema = inboxInputSchema.pick({ name: true });

type InboxNameDialogProps = {
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
  const common = useTranslations('common');
  const formId = useId();
  const word = useFieldErrorText();
  const problemText = useProblemText();
  const form = useForm({ resolver: zodResolver(nameSchema), values: { name: props.initial } });
  const code = form.formState.errors.name?.message;
  const close = () => {
    props.onOpenChange(false);
    form.reset();
  };
  const save = form.handleSubmit(async ({ name }) => {
    try {
      await props.onSubmit(name);
      close();
    } catch (error) {
      toast.error(problemText(error));
    }
  });
  return (
    <Dialog
      open={props.open}
      onOpenChange={(next) => (next ? props.onOpenChange(true) : close())}
      title={props.title}
      footer={
        <>
          <Button onClick={close}>{common('cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" loading={form.formState.isSubmitting}>
            {props.submitLabel}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={save}>
        <Field label={t('name')} hint={t('nameHint')} error={code ? word({ code }) : undefined} required>
          <Input autoComplete="off" {...form.register('name')} />
        </Field>
      </form>
    </Dialog>
  );
}
