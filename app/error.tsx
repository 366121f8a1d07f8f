'use client';

import { TriangleAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/Button';

type ErrorPageProps = { error: Error & { digest?: string }; unstable_retry?: () => void; reset: () => void };

export default function ErrorPage({ error, reset }: ErrorPageProps) {
  const t = useTranslations('common');
  return (
    <main className="grid min-h-[70dvh] place-items-center p-6">
      <div role="alert" className="flex max-w-sm flex-col items-start gap-4">
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
    </main>
  );
}
