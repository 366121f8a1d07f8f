'use client';

import { useEffect, useEffectEvent } from 'react';
import type { FieldValues, Path, PathValue, UseFormReturn } from 'react-hook-form';
import type { Draft } from './drafts';
import { useDraft } from './useDraft';

type Values = Record<string, unknown>;

type FormDraftOptions = {
  /** Of what the form edits. */
  version?: string | null;
  /** Takes secrets out of what is about to be kept. */
  strip?: (values: Values) => Values;
  /** Puts back into a draft what was taken out of it, as far as it is known. */
  complete?: (values: Values) => Values;
  onTake?: (draft: Draft) => void;
};

const same = (values: Values) => values;

/** Keeps what is typed into a form, and offers it again where it was neither saved nor refused. */
export function useFormDraft<V extends FieldValues, O>(
  form: UseFormReturn<V, unknown, O>,
  name: string | null,
  { version = null, strip = same, complete = same, onTake }: FormDraftOptions = {},
) {
  const { offer, keep, taken, forget } = useDraft(name);
  const { defaultValues } = form.formState;
  const write = useEffectEvent((values: Values, defaults: Values = {}) => {
    const changed = changedKeys(values, defaults);
    const kept = strip(pick(values, changed));
    const base = pick(defaults, Object.keys(kept));
    keep(Object.keys(kept).length === 0 ? null : { version, values: kept, base: strip(base) });
  });
  const { subscribe } = form;
  useEffect(() => {
    if (name === null) return;
    return subscribe({
      formState: { values: true },
      callback: ({ values, defaultValues }) => write(values, defaultValues),
    });
  }, [name, subscribe]);
  const take = () => {
    if (!offer) return;
    onTake?.(offer);
    for (const [key, value] of Object.entries(complete(offer.values))) {
      if (!(key in form.getValues())) continue;
      form.setValue(key as Path<V>, value as PathValue<V, Path<V>>, { shouldDirty: true, shouldTouch: true });
    }
    taken();
  };
  return {
    offer,
    changedSince: offer !== null && hasChangedSince(offer, version, defaultValues),
    take,
    forget,
  };
}

/** Whether what the form edits is another one than when the draft was typed. */
function hasChangedSince(draft: Draft, version: string | null, now: Values | undefined) {
  if (version !== null) return draft.version !== version;
  return changedKeys(draft.base, now).length > 0;
}

const changedKeys = (values: Values, before: Values | undefined) =>
  Object.keys(values).filter((key) => JSON.stringify(values[key]) !== JSON.stringify(before?.[key]));

const pick = (values: Values, keys: readonly string[]): Values =>
  Object.fromEntries(keys.filter((key) => key in values).map((key) => [key, values[key]]));
