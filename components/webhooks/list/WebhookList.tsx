'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useQueryStates } from 'nuqs';
import { useMemo, useState } from 'react';
import { webhookListQuery } from '@/lib/api/webhooks';
import { JobStrip } from '../../deliveries/replay/JobStrip';
import { ErrorState } from '../../shell/ErrorState';
import { DataTable } from '../../ui/DataTable';
import { LoadMore } from '../../ui/LoadMore';
import { WebhookBulkBar } from './lazyDialogs';
import { useWebhookColumns } from './useWebhookColumns';
import { WebhookFilterBar } from './WebhookFilterBar';
import { WebhookListEmpty } from './WebhookListEmpty';
import { WebhookMenu } from './WebhookMenu';
import { webhookChoiceOf, webhookChoiceParsers } from './webhookChoice';

/** Every webhook with its health at a glance, those in trouble first; its page draws the heading. The choice is in the URL. */
export function WebhookList() {
  const t = useTranslations('webhooks');
  const [address, setAddress] = useQueryStates(webhookChoiceParsers);
  const choice = webhookChoiceOf(address);
  const list = useInfiniteQuery({ ...webhookListQuery(choice), placeholderData: (previous) => previous });
  const columns = useWebhookColumns();
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items), [list.data]);
  const counts = list.data?.pages[0]?.counts;
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const chosen = rows?.filter((row) => selected.has(row.id)) ?? [];
  const unused = counts?.all === 0 && choice.q === '';
  return (
    <>
      {!unused && <WebhookFilterBar choice={choice} counts={counts} onChange={setAddress} />}
      <JobStrip />
      {list.isError && !rows ? (
        <ErrorState error={list.error} onRetry={() => list.refetch()} />
      ) : (
        <DataTable
          label={t('title')}
          columns={columns}
          rows={rows}
          rowKey={(webhook) => webhook.id}
          rowHref={(webhook) => `/webhooks/${webhook.id}`}
          rowActions={(webhook) => <WebhookMenu webhook={webhook} />}
          selection={{
            selected: new Set(chosen.map(({ id }) => id)),
            onChange: setSelected,
            rowLabel: (id) => t('list.selectRow', { name: rows?.find((row) => row.id === id)?.name ?? id }),
          }}
          empty={<WebhookListEmpty q={choice.q} state={choice.state} />}
          footer={
            <LoadMore
              hasMore={list.hasNextPage}
              loading={list.isFetchingNextPage}
              onLoadMore={() => list.fetchNextPage()}
            />
          }
        />
      )}
      {chosen.length > 0 && <WebhookBulkBar chosen={chosen} onClear={() => setSelected(new Set())} />}
    </>
  );
}
