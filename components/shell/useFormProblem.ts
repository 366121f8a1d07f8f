'use client';

import { useState } from 'react';
import type { FieldPath, FieldValues, UseFormReturn } from 'react-hook-form';
import { WebhookError } from '@/lib/domain/errors';
import { useFieldErrorText } from './useFieldErrorText';

/** Words a field's error; puts what the server refused beside its field, and keeps anything else as the failure of the form. */
export function useFormProblem<V extends FieldValues, O>(form: UseFormReturn<V, unknown, O>) {
  const word = useFieldErrorText();
  const [failure, setFailure] = useState<unknown>(null);
  const { formState } = form;
  const errorOf = (name: FieldPath<V>) => {
    const code = form.getFieldState(name, formState).error?.message;
    return code ? word({ code, message: code }) : undefined;
  };
  const showProblem = (error: unknown) => {
    const fields = error instanceof WebhookError ? error.errors : [];
    for (const { path, code } of fields) form.setError(path as FieldPath<V>, { message: code });
    setFailure(error);
  };
  return { errorOf, showProblem, failure, clearFailure: () => setFailure(null) };
}
