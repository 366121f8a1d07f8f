'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { inboxRequestQuery } from '@/lib/api/playground';
import type { InboxRequest, InboxView } from '@/lib/domain/playground';
import { ErrorState } from '../shell/ErrorState';
import { Skeleton } from '../ui/Skeleton';
import { RequestContent } from './RequestContent';
import { RequestFacts } from './RequestFacts';
import { SameDelivery } from './SameDelivery';
import { SignatureVerdictCard } from './SignatureVerdictCard';

type RequestDetailProps = {
  inbox: InboxView;
  request: InboxRequest;
  /** Everything in the inbox: other tries of the same delivery are among them. */
  requests: InboxRequest[];
  onPick: (id: string) => void;
};

/** Everything about one request: both signatures explained, where it comes from, what it carried. */
export function RequestDetail({ inbox, request, requests, onPick }: RequestDetailProps) {
  const t = useTranslations('playground');
  const detail = useQuery(inboxRequestQuery(inbox.id, request.id));
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <h3 className="wrap-anywhere font-mono text-base">
        <span className="font-normal text-muted">{request.method}</span> {request.event_type ?? t('noEvent')}
      </h3>
      <div className="grid gap-3 sm:grid-cols-2">
        <SignatureVerdictCard scheme="standard" verdict={request.standard_signature} />
        <SignatureVerdictCard scheme="seed" verdict={request.seed_signature} />
      </div>
      <RequestFacts inbox={inbox} request={request} />
      <SameDelivery request={request} requests={requests} onPick={onPick} />
      {detail.isError && <ErrorState error={detail.error} onRetry={() => detail.refetch()} />}
      {detail.isPending && <Skeleton className="h-48 rounded-md" />}
      {detail.data && <RequestContent key={request.id} request={detail.data} />}
    </div>
  );
}
