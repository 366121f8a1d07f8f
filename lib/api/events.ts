import { queryOptions } from '@tanstack/react-query';
import { hourlySum } from '@/lib/domain/hourlySum';
import type { Page } from '@/lib/domain/page';
import { receiverHealth, type WebhookState, webhookState } from '@/lib/domain/receiverHealth';
import type { WebhookListItem } from '@/lib/domain/webhook';
import { apiFetch } from './apiFetch';
import { webhookKeys } from './webhooks';

/** What lists and menus need of a webhook. */
export type WebhookOption = Pick<WebhookListItem, 'id' | 'name' | 'status' | 'events'> & {
  /** How its receiver did when it was asked for. */
  state: WebhookState;
};

const mostPages = 10;
/** So many options may not be all. */
export const mostOptions = mostPages * 200;

/** A webhook, as lists and menus need it. */
export function webhookOption(item: WebhookListItem): WebhookOption {
  const { id, name, status, events } = item;
  const health = receiverHealth(item, hourlySum(item.last_24h), Date.now());
  return { id, name, status, events, state: webhookState(item, health) };
}

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
