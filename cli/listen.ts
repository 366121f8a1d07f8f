import { setTimeout as sleep } from 'node:timers/promises';
import type { ListenedRequest, Listener } from '../lib/domain/listener.ts';
import { ask, type Connection, json } from './apiClient.ts';
import { CliError, exitCodes } from './exitCodes.ts';
import { type Forwarded, forward } from './forward.ts';

/** What happens while listening, as it is printed: a line of words, or of JSON. */
export type ListenEvent =
  | ({ kind: 'listening' } & Omit<Listener, 'secret_key'>)
  | { kind: 'forwarded'; request: ListenedRequest; answer: Forwarded }
  | { kind: 'lost'; why: string }
  | { kind: 'back' }
  | { kind: 'removed' }
  | { kind: 'left_behind'; why: string };

type ListenOptions = { name: string; events: string[]; to: URL };

/** Milliseconds between two questions, and the longest pause while the server is away. */
const every = 500;
const longestPause = 10_000;
/** Ids that are remembered: an inbox keeps 100. */
const mostSeen = 1000;

/**
 * Makes an inbox with a webhook and passes on what arrives there, once each, until `stop`; then removes both. While the
 * server is away it waits for it; where both were removed meanwhile it makes new ones.
 * @throws CliError when it cannot begin, or may not go on
 */
export async function listen(
  connection: Connection,
  { name, events, to }: ListenOptions,
  tell: (event: ListenEvent) => void,
  stop: AbortSignal,
): Promise<void> {
  const start = async () => {
    const body = json({ name, events });
    const { secret_key: _, ...made } = await ask(connection, 'POST /api/playground/listeners', { body });
    tell({ kind: 'listening', ...made });
    return made;
  };
  const seen = new Set<string>();
  let since: string | undefined;
  let listener = await start();
  let failures = 0;
  try {
    while (!stop.aborted) {
      try {
        const params = { inboxId: listener.inbox_id };
        const query = { since };
        const { items } = await ask(connection, 'GET /api/playground/listeners/{inboxId}/requests', {
          params,
          query,
          signal: stop,
        });
        if (failures > 0) tell({ kind: 'back' });
        failures = 0;
        for (const request of items) {
          if (seen.has(request.id)) continue;
          // Noted first: nothing is passed on twice, whatever comes of it.
          seen.add(request.id);
          if (since === undefined || request.received_at > since) since = request.received_at;
          tell({ kind: 'forwarded', request, answer: await forward(request, to, stop) });
          if (stop.aborted) break;
        }
        forgetOldest(seen);
      } catch (error) {
        if (stop.aborted) break;
        if (!(error instanceof CliError)) throw error;
        if (error.problem?.code === 'inbox_not_found') {
          listener = await start().catch((failure: unknown) => {
            if (isPassing(failure)) return listener;
            throw failure;
          });
        } else if (isPassing(error)) {
          if (failures === 0) tell({ kind: 'lost', why: error.message });
          failures += 1;
        } else throw error;
      }
      await sleep(Math.min(every * 2 ** failures, longestPause), undefined, { signal: stop }).catch(
        () => undefined,
      );
    }
  } finally {
    await remove(connection, listener.inbox_id, tell);
  }
}

/** Without a server, or while it is busy or starting, one waits. */
const isPassing = (error: unknown) =>
  error instanceof CliError &&
  (error.exitCode === exitCodes.unreachable ||
    error.exitCode === exitCodes.failed ||
    error.problem?.code === 'too_many_requests');

function forgetOldest(seen: Set<string>): void {
  for (const id of seen) {
    if (seen.size <= mostSeen) return;
    seen.delete(id);
  }
}

/** The webhook goes with its inbox. One that cannot be removed now goes by itself. */
async function remove(
  connection: Connection,
  inboxId: string,
  tell: (event: ListenEvent) => void,
): Promise<void> {
  try {
    await ask(connection, 'DELETE /api/playground/inboxes/{inboxId}', { params: { inboxId } });
    tell({ kind: 'removed' });
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    if (error.problem?.code === 'inbox_not_found') return tell({ kind: 'removed' });
    tell({ kind: 'left_behind', why: error.message });
  }
}
