'use client';

import { HeartPulse } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { pausedUntil } from '@/lib/domain/receiverHealth';
import type { WebhookHealth } from '@/lib/domain/webhook';
import { Banner } from '../ui/Banner';
import { Button } from '../ui/Button';
import { ClockTime } from '../ui/ClockTime';
import { useNow } from '../ui/useNow';
import { HealthReasonText } from './HealthReasonText';
import { useProbe } from './useProbe';

type PauseNoticeProps = { webhookId: string; health: WebhookHealth };

/** Why nothing, or little, is sent to a receiver just now: it asked for that, or the circuit breaker spares it. */
export function PauseNotice({ webhookId, health }: PauseNoticeProps) {
  return (
    <>
      <HoldBanner health={health} />
      <BreakerBanner webhookId={webhookId} health={health} />
    </>
  );
}

/** The receiver asked to be left alone, until when. */
function HoldBanner({ health: { held_until, held_status } }: { health: WebhookHealth }) {
  const t = useTranslations('webhooks.hold');
  const now = useNow();
  if (held_until === null || Date.parse(held_until) <= now) return null;
  const status = held_status ?? 429;
  return (
    <Banner tone="warning" title={t.rich('title', { status, time: () => <ClockTime at={held_until} /> })}>
      {t(status === 429 ? 'text' : 'textOutage')}
    </Banner>
  );
}

/** The circuit breaker: until when the receiver is spared, since when it fails, and a test that may end it at once. */
function BreakerBanner({ webhookId, health }: PauseNoticeProps) {
  const t = useTranslations('webhooks.pause');
  const now = useNow();
  const probe = useProbe(webhookId);
  if (health.paused_until === null) return null;
  const until = pausedUntil(health, now);
  const { failures, failing_since: since } = health;
  const reason = { kind: 'row', failures, since } as const;
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
        <HealthReasonText reason={reason} />. {t(until ? 'text' : 'halfOpenText')}
      </p>
    </Banner>
  );
}
