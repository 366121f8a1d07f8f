'use client';

import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useSearchParams } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { inboxListQuery } from '@/lib/api/playground';
import { ErrorState } from '../shell/ErrorState';
import { Button } from '../ui/Button';
import { PageHeader } from '../ui/PageHeader';
import { Skeleton } from '../ui/Skeleton';
import { FirstInbox } from './FirstInbox';
import { InboxCard } from './InboxCard';
import { InboxTabs } from './InboxTabs';
import { InboxNameDialog } from './lazyDialogs';
import { RequestFeed } from './RequestFeed';
import { useCreateInbox } from './useCreateInbox';

/** The built-in receiver: what a receiver sees, live. The chosen inbox is kept in the URL. */
export function Playground() {
  const t = useTranslations('playground');
  const inboxes = useQuery(inboxListQuery);
  const chosen = useSearchParams().get('inbox');
  const [creating, setCreating] = useState(false);
  const create = useCreateInbox();
  const inbox = inboxes.data?.find(({ id }) => id === chosen) ?? inboxes.data?.[0];
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('intro')}
        actions={
          inbox && (
            <Button onClick={() => setCreating(true)}>
              <Plus aria-hidden />
              {t('newInbox')}
            </Button>
          )
        }
      />
      {inboxes.isError && !inboxes.data && (
        <ErrorState error={inboxes.error} onRetry={() => inboxes.refetch()} />
      )}
      {inboxes.isPending && <PlaygroundSkeleton />}
      {inboxes.data?.length === 0 && <FirstInbox />}
      {inbox && inboxes.data && (
        <>
          {inboxes.data.length > 1 && <InboxTabs inboxes={inboxes.data} current={inbox.id} />}
          <InboxCard key={`card-${inbox.id}`} inbox={inbox} />
          <RequestFeed key={`feed-${inbox.id}`} inbox={inbox} />
        </>
      )}
      <InboxNameDialog
        open={creating}
        onOpenChange={setCreating}
        title={t('newInbox')}
        submitLabel={t('create')}
        initial=""
        onSubmit={(name) => create.mutateAsync(name)}
      />
    </>
  );
}

function PlaygroundSkeleton() {
  const t = useTranslations('common');
  return (
    <div className="flex flex-col gap-6">
      <p role="status" className="sr-only">
        {t('loading')}
      </p>
      <Skeleton className="h-44 rounded-lg" />
      <div className="grid gap-4 lg:grid-cols-[22rem_1fr]">
        <Skeleton className="h-80 rounded-lg" />
        <Skeleton className="h-80 rounded-lg max-lg:hidden" />
      </div>
    </div>
  );
}
