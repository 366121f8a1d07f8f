'use client';

import { HeartPulse } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { WebhookHealth } from '@/lib/domain/webhook';
import { Banner } from '../ui/Banner';
import { Button } from '../ui/Button';
import { ClockTime } from '../ui/ClockTime';
import { RelativeTime } from '../ui/RelativeTime';
import { useNow } from '../ui/useNow';
import { useProbe } from './useProbe';
import { pausedUntil } from './webhookBadgeStatus';

type PauseNoticeProps = { webhookId: string; health: WebhookHealth };

/** The circuit breaker: until when the receiver is spared, since when it fails, and a test that may end it at once. */
export function PauseNotice({ webhookId, health }: PauseNoticeProps) {
  const t = useTranslations('webhooks.pause');
  const now = useNow();
  const probe = useProbe(webhookId);
  if (health.paused_until === null) return null;
  const until = pausedUntil(health, now);
  const since = {
    count: health.failures,
    when: () => <RelativeTime at={health.failing_since} />,
  };
  return (
    <Banner
      tone="warning"
      title={until ? t.rich('title', { time: () => <ClockTime at={until} /> }) : t('halfOpen')}
      actions={
        <Button size="sm" loading={probe.isPending} onClick={() => probe.mutate(undefined)}>
          {!probe.isPending && <HeartPulse aria-hidden />}
          {t('probe')}
        </Button>
      }
    >
      <p>
        {t.rich('since', since)} {t(until ? 'text' : 'halfOpenText')}
      </p>
    </Banner>
  );
}
