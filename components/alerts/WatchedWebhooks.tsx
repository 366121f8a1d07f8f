'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useId } from 'react';
import { webhookListQuery } from '@/lib/api/webhooks';
import { Checkbox } from '../ui/Checkbox';
import { LoadMore } from '../ui/LoadMore';

type WatchedWebhooksProps = { value: string[]; onValueChange: (ids: string[]) => void };

/** Which webhooks an alert is about, one by one. */
export function WatchedWebhooks({ value, onValueChange }: WatchedWebhooksProps) {
  const t = useTranslations('alerts');
  const id = useId();
  const list = useInfiniteQuery(webhookListQuery({ q: '', sort: 'name' }));
  const webhooks = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="sr-only">{t('chosen')}</legend>
      <ul className="flex max-h-56 flex-col gap-2 overflow-y-auto rounded-md border px-3 py-2.5">
        {webhooks.map((webhook) => (
          <li key={webhook.id} className="flex items-center gap-2.5">
            <Checkbox
              id={`${id}-${webhook.id}`}
              checked={value.includes(webhook.id)}
              onCheckedChange={(checked) =>
                onValueChange(
                  checked ? [...value, webhook.id] : value.filter((other) => other !== webhook.id),
                )
              }
            />
            <label htmlFor={`${id}-${webhook.id}`} className="wrap-anywhere text-sm">
              {webhook.name}
            </label>
          </li>
        ))}
        {list.isSuccess && webhooks.length === 0 && <li className="text-muted text-sm">{t('noWebhooks')}</li>}
      </ul>
      <LoadMore
        hasMore={list.hasNextPage}
        loading={list.isFetchingNextPage}
        onLoadMore={() => void list.fetchNextPage()}
      />
    </fieldset>
  );
}
