'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Eraser } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { clearInbox, inboxRequestsQuery, playgroundKeys } from '@/lib/api/playground';
import type { InboxView } from '@/lib/domain/playground';
import { ErrorState } from '../shell/ErrorState';
import { useProblemText } from '../shell/useProblemText';
import { Button } from '../ui/Button';
import { LazySheet } from '../ui/LazySheet';
import { Skeleton } from '../ui/Skeleton';
import { FirstSteps } from './FirstSteps';
import { LiveMark } from './LiveMark';
import { RequestDetail } from './RequestDetail';
import { RequestList } from './RequestList';
import { useIsWide } from './useIsWide';

/** What arrives at an inbox, as it arrives: the list, and beside it (a sheet on a phone) one request. */
export function RequestFeed({ inbox }: { inbox: InboxView }) {
  const t = useTranslations('playground');
  const feed = useQuery(inboxRequestsQuery(inbox.id));
  const wide = useIsWide();
  // Null follows the newest; on a phone, nothing is open.
  const [picked, setPicked] = useState<string | null>(null);
  const requests = feed.data ?? [];
  const open = requests.find(({ id }) => id === picked) ?? (wide ? requests[0] : undefined);
  if (feed.isError && !feed.data) return <ErrorState error={feed.error} onRetry={() => feed.refetch()} />;
  return (
    <section aria-label={t('requests')} className="flex flex-col gap-3">
      <div className="flex min-h-8 items-center justify-between gap-3">
        <h2 className="flex items-center gap-3 text-base">
          {t('requests')}
          <LiveMark lost={feed.isPaused || feed.failureCount > 0} newest={requests[0]} />
        </h2>
        {requests.length > 0 && <ClearButton inboxId={inbox.id} />}
      </div>
      {feed.isPending && <Skeleton className="h-64 rounded-lg" />}
      {feed.data?.length === 0 && <FirstSteps inbox={inbox} />}
      {requests.length > 0 && (
        <div className="grid items-start gap-4 lg:grid-cols-[21rem_minmax(0,1fr)]">
          <RequestList
            requests={requests}
            current={open?.id}
            onPick={(id) => setPicked(wide && id === requests[0]?.id ? null : id)}
          />
          {wide && open && (
            <div className="rounded-lg border bg-raised p-5 shadow-xs lg:sticky lg:top-6">
              <RequestDetail inbox={inbox} request={open} requests={requests} onPick={setPicked} />
            </div>
          )}
        </div>
      )}
      {!wide && (
        <LazySheet open={open !== undefined} onOpenChange={() => setPicked(null)} title={t('request')}>
          <div className="p-5">
            {open && <RequestDetail inbox={inbox} request={open} requests={requests} onPick={setPicked} />}
          </div>
        </LazySheet>
      )}
    </section>
  );
}

function ClearButton({ inboxId }: { inboxId: string }) {
  const t = useTranslations('playground');
  const client = useQueryClient();
  const problemText = useProblemText();
  const clear = useMutation({
    mutationFn: () => clearInbox(inboxId),
    onSuccess: () => client.setQueryData(playgroundKeys.requests(inboxId), []),
    onError: (error) => toast.error(problemText(error)),
  });
  return (
    <Button variant="ghost" size="sm" loading={clear.isPending} onClick={() => clear.mutate()}>
      <Eraser aria-hidden />
      {t('clear')}
    </Button>
  );
}
