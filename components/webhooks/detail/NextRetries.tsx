'use client';

import { CheckCheck } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Link } from '@/components/ui/Link';
import type { Delivery } from '@/lib/domain/delivery';
import { DeliveryBadge } from '../../deliveries/detail/DeliveryBadge';
import { recordName } from '../../deliveries/detail/recordName';
import { useExplanation } from '../../receivers/useExplanation';
import { Card } from '../../ui/Card';
import { RelativeTime } from '../../ui/RelativeTime';
import { Skeleton } from '../../ui/Skeleton';

type NextRetriesProps = { webhookId: string; deliveries: Delivery[] | undefined };

/** What is about to be tried again, soonest first. */
export function NextRetries({ webhookId, deliveries }: NextRetriesProps) {
  const t = useTranslations('webhooks.overview');
  return (
    <Card
      title={t('next')}
      flush
      actions={
        deliveries && deliveries.length > 0 ? (
          <Link
            href={`/webhooks/${webhookId}/deliveries?status=in_progress`}
            className="rounded-sm text-accent-ink text-sm hover:underline"
          >
            {t('nextAll')}
          </Link>
        ) : undefined
      }
    >
      {deliveries === undefined && (
        <div className="p-5">
          <Skeleton className="h-20" />
        </div>
      )}
      {deliveries?.length === 0 && (
        <p className="flex items-center gap-2 px-4 pb-5 text-muted text-sm md:px-5">
          <CheckCheck aria-hidden className="size-4 text-success-ink" />
          {t('nextEmpty')}
        </p>
      )}
      {deliveries && deliveries.length > 0 && (
        <ul className="divide-y border-t">
          {deliveries.map((delivery) => (
            <RetryRow key={delivery.id} delivery={delivery} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function RetryRow({ delivery }: { delivery: Delivery }) {
  const t = useTranslations('webhooks.overview');
  const explain = useExplanation();
  const at = delivery.next_attempt_at;
  const name = recordName(delivery);
  return (
    <li className="relative flex items-center justify-between gap-4 px-4 py-2.5 hover:bg-hover md:px-5">
      <div className="flex min-w-0 flex-col">
        <Link
          href={`/deliveries/${delivery.id}`}
          className="truncate font-mono text-xs after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
        >
          {delivery.event_type}
          {name && <span className="ml-2 font-sans text-sm">{name}</span>}
        </Link>
        {delivery.last_error_kind && (
          <span className="truncate text-muted text-xs">
            {explain(delivery.last_error_kind, delivery.last_status_code, delivery.is_test).title}
            {delivery.last_status_code === null ? '' : ` · ${delivery.last_status_code}`}
          </span>
        )}
      </div>
      {at ? (
        <span className="relative z-10 shrink-0 text-warning-ink text-xs">
          {t.rich('nextDue', { when: () => <RelativeTime at={at} /> })}
        </span>
      ) : (
        <DeliveryBadge delivery={delivery} />
      )}
    </li>
  );
}
