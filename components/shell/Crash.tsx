'use client';

import { TriangleAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/Button';

export type CrashProps = { error: Error & { digest?: string }; reset: () => void };

/** A fault of ours while a page was drawn: what to do, and under which number the log has it. */
export function Crash({ error, reset }: CrashProps) {
  const t = useTranslations('common');
  return (
    <div role="alert" className="flex max-w-sm flex-col items-start gap-4 py-10">
      <TriangleAlert aria-hidden className="size-8 text-danger-ink" strokeWidth={1.75} />
      <div className="flex flex-col gap-1.5">
        <h1 className="text-2xl">{t('crash.title')}</h1>
        <p className="text-base text-muted">{t('crash.description')}</p>
        {error.digest && (
          <p className="font-mono text-muted text-xs">{t('crash.reference', { digest: error.digest })}</p>
        )}
      </div>
      <Button variant="primary" onClick={reset}>
        {t('retry')}
      </Button>
    </div>
  );
}
