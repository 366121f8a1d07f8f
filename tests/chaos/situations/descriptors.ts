import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { saysNarrowed } from './named.ts';
import { check, type Situation } from './situation.ts';
import { addWebhooks, emitMany, named, unlessAll } from './webhooks.ts';

/* `ulimit -n 256`, and more requests to make than that. */

const few = 256;

function softLimit(pid: number): string {
  return /^Max open files\s+(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1] ?? '';
}

const limit = (pid: number, most: string) =>
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${most}:`]);

export const descriptors: Situation[] = [
  {
    name: `descriptors: the app may have ${few} of them`,
    promise: 'slower',
    emit: 'http',
    begin: async (product) => {
      const pid = product.app.pid() ?? 0;
      const before = softLimit(pid);
      const count = 1600;
      const ids = await addWebhooks(product, named('many', 100), 'slow', {
        events: ['lead.updated'],
        retry_enabled: false,
      });
      limit(pid, String(few));
      // Until it reads the limit again the app goes by the one it had; what is promised holds under a limit that is known.
      await sleep(1100);
      await emitMany(product.sql, 'lead.updated', count / 100);
      return {
        named: saysNarrowed,
        end: async () => void limit(pid, before),
        promises: async () => [
          check(
            'all are delivered, nothing is blamed on receivers',
            count,
            await unlessAll(product.sql, ids, { status: 'success', count, withinMs: 60_000 }),
          ),
        ],
      };
    },
  },
];
