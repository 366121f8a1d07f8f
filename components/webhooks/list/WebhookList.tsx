'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { parseAsString, useQueryState } from 'nuqs';
import { webhookListQuery } from '@/lib/api/webhooks';
import { searchTerm } from '@/lib/domain/searchTerm';
import { JobStrip } from '../../deliveries/replay/JobStrip';
import { ErrorState } from '../../shell/ErrorState';
import { useSearchText } from '../../shell/useSearchText';
import { DataTable } from '../../ui/DataTable';
import { LoadMore } from '../../ui/LoadMore';
import { SearchInput } from '../../ui/SearchInput';
import { useWebhookColumns } from './useWebhookColumns';
import { WebhookListEmpty } from './WebhookListEmpty';
import { WebhookMenu } from './WebhookMenu';

/** Every webhook with its health at a glance; its page draws the heading. The search is kept in the URL. */
export function WebhookList() {
  const t = useTranslations('webhooks');
  const [text, setText] = useQueryState('q', parseAsString.withDefault(''));
  const q = searchTerm(text);
  const search = useSearchText(q, setText);
  const list = useInfiniteQuery({ ...webhookListQuery(q), placeholderData: (previous) => previous });
  const columns = useWebhookColumns();
  const rows = list.data?.pages.flatMap((page) => page.items);
  const unused = rows?.length === 0 && q === '' && search.value === '';
  return (
    <>
      {!unused && <SearchInput label={t('list.search')} {...search} className="w-full md:w-80" />}
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
          empty={<WebhookListEmpty q={q} />}
          footer={
            <LoadMore
              hasMore={list.hasNextPage}
              loading={list.isFetchingNextPage}
              onLoadMore={() => list.fetchNextPage()}
            />
          }
        />
      )}
    </>
  );
}
