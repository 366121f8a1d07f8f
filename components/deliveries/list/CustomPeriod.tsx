'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useRef } from 'react';
import { Field } from '../../ui/Field';
import { Input } from '../../ui/Input';
import { isoTimeOf, localInputTime } from '../../ui/localInputTime';

type CustomPeriodProps = {
  /** ISO 8601; undefined: that end is open. */
  from: string | undefined;
  to: string | undefined;
  onChange: (changed: { from?: string | undefined; to?: string | undefined }) => void;
};

/** From when to when, in the person's own time zone; either end may stay open. */
export function CustomPeriod({ from, to, onChange }: CustomPeriodProps) {
  const t = useTranslations('deliveries.filters');
  const wrong = from !== undefined && to !== undefined && from >= to;
  return (
    <div className="grid gap-3 rounded-lg border bg-sunken p-3 sm:grid-cols-2 md:max-w-xl">
      <PeriodEnd label={t('from')} at={from} onChange={(at) => onChange({ from: at })} />
      <PeriodEnd
        label={t('to')}
        at={to}
        onChange={(at) => onChange({ to: at })}
        error={wrong ? t('emptyPeriod') : undefined}
      />
    </div>
  );
}

type PeriodEndProps = {
  label: string;
  at: string | undefined;
  onChange: (at: string | undefined) => void;
  error?: string | undefined;
};

const pauseMs = 400;

/**
 * The field belongs to whoever types: a year grows digit by digit through years of its own, and half a date is no
 * value at all. So it is not drawn anew from what the list was last asked for, only from what comes from elsewhere.
 */
function PeriodEnd({ label, at, onChange, error }: PeriodEndProps) {
  const input = useRef<HTMLInputElement>(null);
  /** What the field stands for; another value comes from elsewhere. */
  const known = useRef(at);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (at === known.current) return;
    clearTimeout(timer.current);
    known.current = at;
    if (input.current) input.current.value = localInputTime(at);
  }, [at]);
  const read = () => {
    const field = input.current;
    if (!field || field.validity.badInput) return;
    const typed = isoTimeOf(field.value);
    if (typed === known.current) return;
    known.current = typed;
    onChange(typed);
  };
  return (
    <Field label={label} error={error}>
      <Input
        ref={input}
        type="datetime-local"
        defaultValue={localInputTime(at)}
        min="0001-01-01T00:00"
        max="9999-12-31T23:59"
        onChange={() => {
          clearTimeout(timer.current);
          timer.current = setTimeout(read, pauseMs);
        }}
      />
    </Field>
  );
}
