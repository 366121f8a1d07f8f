'use client';

import { useFormatter, useTranslations } from 'next-intl';
import type { InboxRequest } from '@/lib/domain/playground';
import { Banner } from '../ui/Banner';
import { Button } from '../ui/Button';

type SameDeliveryProps = {
  request: InboxRequest;
  requests: InboxRequest[];
  onPick: (id: string) => void;
};

/** The tries of one delivery: a receiver sees the same id each time and must act on it once. */
export function SameDelivery({ request, requests, onPick }: SameDeliveryProps) {
  const t = useTranslations('playground');
  const format = useFormatter();
  const tries = requests.filter(({ delivery_id }) => delivery_id && delivery_id === request.delivery_id);
  if (tries.length < 2) return null;
  return (
    <Banner title={t('duplicates', { count: tries.length })}>
      <p>{t('duplicatesText')}</p>
      <ul className="mt-2 flex flex-wrap gap-1.5">
        {tries.toReversed().map((other) => (
          <li key={other.id}>
            <Button
              size="sm"
              aria-current={other.id === request.id ? 'true' : undefined}
              className={other.id === request.id ? 'border-accent' : undefined}
              onClick={() => onPick(other.id)}
            >
              {t('attempt', { attempt: other.attempt })} ·{' '}
              {format.dateTime(new Date(other.received_at), { timeStyle: 'medium' })} ·{' '}
              {other.answered_status}
            </Button>
          </li>
        ))}
      </ul>
    </Banner>
  );
}
