'use client';

import type { ComponentProps } from 'react';
import { Input } from '../ui/Input';

type DateTimeInputProps = Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'type'> & {
  /** ISO 8601; empty while nothing is chosen. */
  value: string;
  onValueChange: (value: string) => void;
};

/** A moment in the person's own time zone. */
export function DateTimeInput({ value, onValueChange, ...props }: DateTimeInputProps) {
  return (
    <Input
      type="datetime-local"
      value={toLocal(value)}
      onChange={(event) => onValueChange(toIso(event.target.value))}
      {...props}
    />
  );
}

/** `2026-11-24T10:30` on the person's clock. */
function toLocal(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

function toIso(local: string): string {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
