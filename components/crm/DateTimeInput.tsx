'use client';

import type { ComponentProps } from 'react';
import { Input } from '../ui/Input';
import { isoTimeOf, localInputTime } from '../ui/localInputTime';

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
      value={localInputTime(value)}
      onChange={(event) => onValueChange(isoTimeOf(event.target.value) ?? '')}
      {...props}
    />
  );
}
