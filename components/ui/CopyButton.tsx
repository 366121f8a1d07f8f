'use client';

import { Check, Copy } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Button } from './Button';
import { copyText } from './copyText';

type CopyButtonProps = {
  text: string;
  /** What is copied, for screen readers and, with `showLabel`, for all. */
  label?: string;
  showLabel?: boolean;
  className?: string;
};

export function CopyButton({ text, label, showLabel, className }: CopyButtonProps) {
  const t = useTranslations('common');
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1800);
    return () => clearTimeout(timer);
  }, [copied]);
  const name = label ?? t('copy');
  const Icon = copied ? Check : Copy;
  return (
    <Button
      variant={showLabel ? 'secondary' : 'ghost'}
      size={showLabel ? 'sm' : 'icon-sm'}
      className={className}
      aria-label={showLabel ? undefined : name}
      onClick={async () => setCopied(await copyText(text))}
    >
      <Icon aria-hidden className={copied ? 'text-success-ink' : undefined} />
      {showLabel && (copied ? t('copied') : name)}
      <span aria-live="polite" className="sr-only">
        {copied ? t('copied') : ''}
      </span>
    </Button>
  );
}
