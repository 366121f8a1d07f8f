'use client';

import { CircleAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { cloneElement, type ReactElement, type ReactNode, useId } from 'react';
import { cn } from './cn';
import { Label } from './Label';

type ControlProps = {
  id?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: boolean;
  'aria-required'?: boolean;
};

type FieldProps = {
  label: ReactNode;
  /** One sentence of help, read out with the control. */
  hint?: ReactNode;
  /** What is wrong, in words; replaces nothing, is announced when it appears. */
  error?: ReactNode;
  optional?: boolean;
  required?: boolean;
  className?: string;
  /** One control that takes `id` and aria attributes. */
  children: ReactElement<ControlProps>;
};

/** A labelled control: label, hint and error are tied to it for assistive technology. */
export function Field({ label, hint, error, optional, required, className, children }: FieldProps) {
  const t = useTranslations('common');
  const generated = useId();
  const id = children.props.id ?? generated;
  const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
  return (
    <div className={cn('flex flex-col gap-1.5', className)}>
      <div className="flex items-baseline justify-between gap-2">
        <Label htmlFor={id}>{label}</Label>
        {optional && <span className="text-muted text-xs">{t('optional')}</span>}
      </div>
      {cloneElement(children, {
        id,
        'aria-describedby': described || undefined,
        'aria-invalid': error ? true : undefined,
        'aria-required': required || undefined,
      })}
      <FieldError id={`${id}-error`} error={error} />
      {hint && (
        <p id={`${id}-hint`} className="text-muted text-xs">
          {hint}
        </p>
      )}
    </div>
  );
}

/** The line under a control that says what is wrong with it. */
export function FieldError({ id, error }: { id?: string; error: ReactNode }) {
  return (
    <div aria-live="polite" className="empty:-mt-1.5">
      {error ? (
        <p id={id} data-field-error className="flex items-start gap-1.5 text-danger-ink text-xs">
          <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          <span>{error}</span>
        </p>
      ) : null}
    </div>
  );
}
