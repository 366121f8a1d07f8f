'use client';

import type { FieldPath, FieldValues, UseFormReturn } from 'react-hook-form';
import { WebhookError } from '@/lib/domain/errors';
import { useFieldErrorText } from '../shell/useFieldErrorText';
import { useProblemText } from '../shell/useProblemText';
import { toast } from '../ui/toast';

/** Words a field's error; puts what the server refused beside its field, and anything else in a short message. */
export function useFormProblem<V extends FieldValues, O>(form: UseFormReturn<V, unknown, O>) {
  const word = useFieldErrorText();
  const problemText = useProblemText();
  const { errors } = form.formState;
  const errorOf = (name: FieldPath<V>) => {
    const code = errors[name]?.message;
    return typeof code === 'string' ? word({ code, message: code }) : undefined;
  };
  const showProblem = (error: unknown) => {
    const fields = error instanceof WebhookError ? error.errors : [];
    for (const { path, code } of fields) form.setError(path as FieldPath<V>, { message: code });
    if (fields.length === 0) toast.error(problemText(error));
  };
  return { errorOf, showProblem };
}
