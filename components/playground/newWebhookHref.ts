import type { InboxView } from '@/lib/domain/playground';

/** The form of a new webhook, filled in with an inbox's address and name. */
export const newWebhookHref = ({ url, name }: InboxView) =>
  `/webhooks/new?${new URLSearchParams({ url, name })}`;
