'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { deliveryQuery } from '@/lib/api/deliveries';
import { isUnderWay } from '@/lib/api/deliveryFeed';
import type { Delivery } from '@/lib/domain/delivery';
import { PauseNotice } from '../../receivers/PauseNotice';
import { ErrorState } from '../../shell/ErrorState';
import { Skeleton } from '../../ui/Skeleton';
import { AttemptTabs } from './AttemptTabs';
import { DeliveryDiagnosis } from './DeliveryDiagnosis';
import { DeliverySummary } from './DeliverySummary';
import { DeliveryTimeline } from './DeliveryTimeline';
import { StoppedRecord } from './StoppedRecord';

type DeliveryDetailsProps = {
  id: string;
  /** What the list already knows; shown while the rest loads. */
  row: Delivery | undefined;
};

/** All of one delivery: what it is, what went wrong, what happened when, and what was said. */
export function DeliveryDetails({ id, row }: DeliveryDetailsProps) {
  const t = useTranslations('deliveries.sheet');
  const { data, error, refetch } = useQuery(deliveryQuery(id));
  const [chosen, setChosen] = useState<number | null>(null);
  const listed = row && `${row.status} ${row.attempt_count} ${row.in_flight}`;
  // A change that the list saw first, such as a replay from elsewhere.
  useEffect(() => {
    if (listed) void refetch();
  }, [listed, refetch]);
  if (!data) {
    if (error) return <ErrorState error={error} onRetry={() => refetch()} className="py-24" />;
    return <DetailsSkeleton row={row} label={t('loading')} />;
  }
  const attempt = data.attempts.find((one) => one.attempt === chosen) ?? data.attempts.at(-1);
  return (
    <div className="flex flex-col gap-6 px-5 py-5">
      <DeliverySummary delivery={data} detail={data} attempt={attempt} />
      {isUnderWay(data) && data.webhook?.health && (
        <PauseNotice webhookId={data.webhook.id} health={data.webhook.health} />
      )}
      {data.stops_record && <StoppedRecord id={data.id} />}
      <DeliveryDiagnosis delivery={data} />
      <DeliveryTimeline delivery={data} selected={attempt?.attempt} onSelect={setChosen} />
      <AttemptTabs delivery={data} attempt={attempt} />
    </div>
  );
}

function DetailsSkeleton({ row, label }: { row: Delivery | undefined; label: string }) {
  return (
    <div className="flex flex-col gap-6 px-5 py-5">
      {row ? <DeliverySummary delivery={row} /> : <Skeleton className="h-24" />}
      <p role="status" className="sr-only">
        {label}
      </p>
      <Skeleton className="h-5 w-32" />
      <div className="flex flex-col gap-4">
        <Skeleton className="h-10" />
        <Skeleton className="h-10" />
        <Skeleton className="h-10" />
      </div>
      <Skeleton className="h-56" />
    </div>
  );
}
