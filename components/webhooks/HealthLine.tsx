'use client';

import { CircleCheck, CircleMinus, TriangleAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { Webhook } from '@/lib/domain/webhook';
import { RelativeTime } from '../ui/RelativeTime';

/** Whether the receiver answers, in one sentence. */
export function HealthLine({ webhook }: { webhook: Webhook | undefined }) {
  const t = useTranslations('webhooks.health');
  if (!webhook) return null;
  if (webhook.status === 'inactive') {
    return (
      <p className="flex items-center gap-1.5 text-muted text-sm">
        <CircleMinus aria-hidden className="size-4" />
        {t('inactive')}
      </p>
    );
  }
  if (webhook.health) {
    const { failures, failing_since } = webhook.health;
    return (
      <p className="flex items-center gap-1.5 text-sm text-warning-ink">
        <TriangleAlert aria-hidden className="size-4" />
        <span>{t.rich('failing', { count: failures, when: () => <RelativeTime at={failing_since} /> })}</span>
      </p>
    );
  }
  return (
    <p className="flex items-center gap-1.5 text-sm text-success-ink">
      <CircleCheck aria-hidden className="size-4" />
      {t('good')}
    </p>
  );
}
