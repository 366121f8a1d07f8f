import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { env } from '@/lib/env';

type Worker = {
  /** The same after a restart where WEBHOOKS_WORKER is set. */
  name: string;
  /** `name/…`, anew at each start: the name under which this process leases deliveries. */
  life: string;
};

// Route handlers are bundled apart from each other: the process's one worker lives on globalThis.
const holder = globalThis as typeof globalThis & { devlinkWebhookWorker?: Worker };

/** Who this process is to the queue and in the log. */
export function worker(): Worker {
  if (!holder.devlinkWebhookWorker) {
    const name = env().WEBHOOKS_WORKER ?? `${hostname()}:${process.pid}`;
    holder.devlinkWebhookWorker = { name, life: `${name}/${randomUUID().slice(0, 8)}` };
  }
  return holder.devlinkWebhookWorker;
}
