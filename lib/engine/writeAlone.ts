import type { Busy, SettledResult } from '@/lib/store/queueStore';
import { isLockTimeout, reasonOf, wasRefused } from '@/lib/store/storeError';
import { report } from './report';
import type { Waiting } from './waiting';

/** Longest reason that is written in place of a result. */
const maxReason = 500;

/** Writes results alone. Throws what `settleDeliveries` throws. */
export type Settle = (results: SettledResult[]) => Promise<Busy>;

/** What has to be handed in again; `stuck`: because something of the webhook itself is locked. */
export type Unwritten = { again: Waiting[]; stuck: boolean };

/**
 * Writes results of one webhook; answers those that have to be handed in again. What the database refuses is
 * halved until the one at fault stands alone. Never rejects.
 */
export async function writeAlone(settle: Settle, batch: Waiting[]): Promise<Unwritten> {
  const [only] = batch;
  if (!only) return { again: [], stuck: false };
  try {
    const { busy } = await settle(batch.map(({ result }) => result));
    const isBusy = new Set(busy);
    return { again: batch.filter(({ result }) => isBusy.has(result.id)), stuck: false };
  } catch (error) {
    if (isLockTimeout(error)) return { again: batch, stuck: true };
    if (!wasRefused(error)) return noAnswer(batch, error);
    if (batch.length === 1) return writeRefused(settle, only, error);
    const middle = Math.ceil(batch.length / 2);
    const left = await writeAlone(settle, batch.slice(0, middle));
    const right = await writeAlone(settle, batch.slice(middle));
    return { again: [...left.again, ...right.again], stuck: left.stuck || right.stuck };
  }
}

/**
 * A single result that the database refuses for what is in it: written without its texts, because the outcome
 * counts more than the log; else as failed, with the reason. One that is refused even so is dropped, and its
 * delivery claimed again when the lease lapses.
 */
async function writeRefused(settle: Settle, waiting: Waiting, reason: unknown): Promise<Unwritten> {
  const { result } = waiting;
  report(`the texts of delivery ${result.id} could not be written`, reason);
  let refusal = reason;
  for (const plain of [withoutTexts(result), asFailed(result, reason)]) {
    try {
      const { busy } = await settle([plain]);
      return { again: busy.length > 0 ? [waiting] : [], stuck: false };
    } catch (error) {
      if (isLockTimeout(error)) return { again: [waiting], stuck: true };
      if (!wasRefused(error)) return noAnswer([waiting], error);
      refusal = error;
    }
  }
  report(`the result of delivery ${result.id} could not be written; it will be sent again`, refusal);
  return { again: [], stuck: false };
}

function noAnswer(again: Waiting[], error: unknown): Unwritten {
  report('results could not be handed in; trying again', error);
  return { again, stuck: false };
}

function withoutTexts(result: SettledResult): SettledResult {
  const texts = {
    request_headers: undefined,
    request_body: undefined,
    request_format: undefined,
    response_headers: undefined,
    response_body: undefined,
    console: undefined,
  };
  return { ...result, ...texts };
}

/** What any database takes. */
function asFailed({ id, fence }: SettledResult, reason: unknown): SettledResult {
  const why = reasonOf(reason);
  return {
    id,
    fence,
    status: 'failed',
    error_kind: 'request_invalid',
    error_message:
      `What came of the attempt could not be written: ${why.toWellFormed().replaceAll('\0', '')}`.slice(
        0,
        maxReason,
      ),
    started_at: new Date().toISOString(),
    duration_ms: 0,
  };
}
