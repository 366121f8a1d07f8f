'use client';

import { FileUp } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ComponentProps } from 'react';
import { cn } from '../ui/cn';

type FileInputProps = Omit<ComponentProps<'input'>, 'type' | 'onChange' | 'value'> & {
  /** Name of the chosen file. */
  chosen: string | undefined;
  onChoose: (file: File | undefined) => void;
};

/** A place to click, or to drop a file on. The real control lies over it, invisible. */
export function FileInput({ chosen, onChoose, ...props }: FileInputProps) {
  const t = useTranslations('crm.files');
  return (
    <div className="relative">
      <input
        type="file"
        className="peer absolute inset-0 z-10 size-full cursor-pointer opacity-0"
        onChange={(event) => onChoose(event.target.files?.[0])}
        {...props}
      />
      <div
        aria-hidden
        className={cn(
          'flex flex-col items-center gap-1.5 rounded-lg border border-line-strong border-dashed bg-sunken px-4 py-6 text-center text-sm transition-colors',
          'peer-hover:border-accent peer-focus-visible:outline-2 peer-focus-visible:outline-accent peer-aria-invalid:border-danger',
        )}
      >
        <FileUp className="size-5 text-muted" />
        <span className="wrap-anywhere font-medium">{chosen ?? t('choose')}</span>
        {chosen && <span className="text-muted text-xs">{t('chooseOther')}</span>}
      </div>
    </div>
  );
}
