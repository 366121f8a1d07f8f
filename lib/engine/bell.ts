import { env } from '@/lib/env';
import { type Bell, hangBell } from '@/lib/store/queueBell';
import { report } from './report';

// Route handlers are bundled apart from each other: the process's one bell lives on globalThis.
const holder = globalThis as typeof globalThis & { devlinkWebhookBell?: Bell };

/** The bell of this process; null where it has no connection string. */
export const bell = (): Bell | null => holder.devlinkWebhookBell ?? null;

/** Listens to the database, where its address is configured. @param ring wakes the drain of this process */
export function listenToDatabase(ring: () => void): void {
  const address = env().WEBHOOKS_DATABASE_URL;
  if (address !== undefined) holder.devlinkWebhookBell ??= hangBell(address, { ring, report });
}
