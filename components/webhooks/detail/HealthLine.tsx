'use client';

import { CircleCheck, CircleMinus, CircleX, TriangleAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReceiverHealth } from '@/lib/domain/receiverHealth';
import { HealthReasonText } from '../../receivers/HealthReasonText';
import { useRateText } from '../../receivers/useRateText';
import { cn } from '../../ui/cn';

const looks = {
  good: { icon: CircleCheck, className: 'text-success-ink' },
  quiet: { icon: CircleMinus, className: 'text-muted' },
  degraded: { icon: TriangleAlert, className: 'text-warning-ink' },
  down: { icon: CircleX, className: 'text-danger-ink' },
} as const;

/** What a notice above the tabs says already. */
const saidAbove = new Set(['paused', 'held']);

/** How the receiver does, in one sentence; nothing where a notice says it already: switched off, spared, held. */
export function HealthLine({ health }: { health: ReceiverHealth | undefined }) {
  const t = useTranslations('webhooks.health');
  const rateText = useRateText();
  if (!health || health.state === 'off') return null;
  if ('reason' in health && saidAbove.has(health.reason.kind)) return null;
  const { icon: Icon, className } = looks[health.state];
  return (
    <p className={cn('flex items-center gap-1.5 text-sm', className)}>
      <Icon aria-hidden className="size-4 shrink-0" />
      <span>
        {health.state === 'good' && t('good', { share: rateText(health.share) })}
        {health.state === 'quiet' && t('quiet')}
        {'reason' in health && <HealthReasonText reason={health.reason} />}
      </span>
    </p>
  );
}
