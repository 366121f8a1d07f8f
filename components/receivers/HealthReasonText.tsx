'use client';

import { useTranslations } from 'next-intl';
import type { HealthReason } from '@/lib/domain/receiverHealth';
import { ClockTime } from '../ui/ClockTime';
import { RelativeTime } from '../ui/RelativeTime';
import { useRateText } from './useRateText';

/** Why a receiver is not well, in a few words. */
export function HealthReasonText({ reason }: { reason: HealthReason }) {
  const t = useTranslations('webhooks.health');
  const rateText = useRateText();
  if (reason.kind === 'rate') return t(`rate.${reason.cause}`, { share: rateText(reason.share) });
  if (reason.kind === 'held') {
    return t.rich('held', { status: reason.status, time: () => <ClockTime at={reason.until} /> });
  }
  const { failures: count, since } = reason;
  return since ? t.rich('rowSince', { count, when: () => <RelativeTime at={since} /> }) : t('row', { count });
}
