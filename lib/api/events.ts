import { queryOptions } from '@tanstack/react-query';
import type { Page } from '@/lib/domain/page';
import type { WebhookListItem } from '@/lib/domain/webhook';
import { apiFetch } from './apiFetch';
import { webhookKeys } from './webhooks';

/** What lists and menus need of a webhook. */
export type WebhookOption = Pick<WebhookListItem, 'id' | 'name' | 'status' | 'events'>;

/** A webhook, as lists and menus need it. */
export const webhookOption = ({ id, name, status, events }: WebhookListItem): WebhookOption => ({
  id,
  name,
  status,
  events,
});

const mostPages = 10;

/** Every webhook (the newest 2,000), newest first, to name it, to choose one and to see who listens to what. */
export const webhookOptionsQuery = queryOptions({
  queryKey: [...webhookKeys.all, 'options'],
  queryFn: async ({ signal }) => {
    const options: WebhookOption[] = [];
    let cursor: string | null = null;
    for (let n = 0; n === 0 || (cursor !== null && n < mostPages); n++) {
      const page: Page<WebhookListItem> = await apiFetch('GET /api/webhooks', {
        query: { cursor, limit: 200 },
        signal,
      });
      options.push(...page.items.map(webhookOption));
      cursor = page.next_cursor;
    }
    return options;
  },
  staleTime: 30_000,
});
