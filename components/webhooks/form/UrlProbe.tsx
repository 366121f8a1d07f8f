'use client';

import { useMutation } from '@tanstack/react-query';
import { CircleCheck, CircleX } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { probeUrl } from '@/lib/api/webhooks';
import type { DeliveryErrorKind } from '@/lib/domain/delivery';
import { useProblemText } from '../../shell/useProblemText';
import { Button } from '../../ui/Button';

/** Asks the server whether it can reach the URL; the answer counts only for the URL that was asked about. */
export function UrlProbe({ url, valid }: { url: string; valid: boolean }) {
  const t = useTranslations('webhooks.form');
  const kinds = useTranslations('errors.kinds');
  const problemText = useProblemText();
  const probe = useMutation({ mutationFn: probeUrl });
  const current = probe.variables === url;
  const result = current ? probe.data : undefined;
  const failure = () => {
    if (probe.isError && current) return problemText(probe.error);
    if (!result || result.reachable) return null;
    const cause = `${result.error_kind as DeliveryErrorKind}.cause` as const;
    if (!kinds.has(cause)) return result.message ?? null;
    // This kind is told apart by its message only.
    return result.error_kind === 'tls' && result.message ? `${kinds(cause)} ${result.message}` : kinds(cause);
  };
  const failed = failure();
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
      <Button size="sm" loading={probe.isPending} disabled={!url || !valid} onClick={() => probe.mutate(url)}>
        {t('probe')}
      </Button>
      <p aria-live="polite" className="flex items-start gap-1.5 text-xs">
        {probe.isPending && <span className="text-muted">{t('probing')}</span>}
        {result?.reachable && (
          <>
            <CircleCheck aria-hidden className="mt-0.5 size-3.5 text-success-ink" />
            <span className="text-success-ink">{t('reachable')}</span>
          </>
        )}
        {failed && !probe.isPending && (
          <>
            <CircleX aria-hidden className="mt-0.5 size-3.5 shrink-0 text-danger-ink" />
            <span className="text-danger-ink">{failed}</span>
          </>
        )}
      </p>
    </div>
  );
}
