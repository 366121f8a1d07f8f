'use client';

import { Eye, EyeOff } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { Button } from './Button';
import { CopyButton } from './CopyButton';
import { Label } from './Label';

type SecretFieldProps = {
  label: string;
  hint?: string;
  /** Undefined while it has not been fetched. */
  value: string | undefined;
  /** Called when the person wants to see a value that has not been fetched. */
  onReveal?: () => void;
  revealing?: boolean;
};

/** A secret behind dots until the eye is pressed. */
export function SecretField({ label, hint, value, onReveal, revealing }: SecretFieldProps) {
  const t = useTranslations('common');
  const id = useId();
  const [shown, setShown] = useState(false);
  const Icon = shown && value ? EyeOff : Eye;
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <Label htmlFor={id}>{label}</Label>
      <div className="flex h-9 min-w-0 items-center gap-0.5 rounded-md border bg-sunken pr-0.5 pl-3">
        <output id={id} className="min-w-0 flex-1 overflow-x-auto whitespace-nowrap font-mono text-xs">
          {shown && value ? value : <Dots label={t('hiddenSecret')} />}
        </output>
        <Button
          variant="ghost"
          size="icon-sm"
          loading={revealing}
          aria-pressed={shown && value !== undefined}
          aria-label={t('revealSecret', { label })}
          onClick={() => {
            if (value === undefined) onReveal?.();
            setShown(value === undefined ? true : !shown);
          }}
        >
          {!revealing && <Icon aria-hidden />}
        </Button>
        {value !== undefined && <CopyButton text={value} label={t('copySecret', { label })} />}
      </div>
      {hint && <p className="text-muted text-xs">{hint}</p>}
    </div>
  );
}

function Dots({ label }: { label: string }) {
  return (
    <>
      <span aria-hidden>••••••••••••••••••••••••</span>
      <span className="sr-only">{label}</span>
    </>
  );
}
