import type { SettledResult } from '@/lib/store/queueStore';
import { report } from './report';

/** A result that waits to be written. */
export type Waiting = {
  result: SettledResult;
  webhookId: string;
  /** On the engine's clock: when another drain may send the delivery again. */
  leaseEndsAt: number;
};

/**
 * Milliseconds beyond the end of its lease for which a result is still worth writing: while nobody else has claimed
 * the delivery its fence still fits, and the receiver is spared a second request.
 */
const keptBeyondLease = 60_000;
/** Characters of sent and answered bodies that one statement takes, about: bodies may have 256 KiB each. */
const batchCharacters = 8 * 1024 * 1024;

/** Takes the oldest, at most `count` and about `batchCharacters` of bodies; one at least, however large it is. */
export function takeBatch(line: Waiting[], count: number): Waiting[] {
  let taken = 0;
  let characters = 0;
  while (taken < Math.min(count, line.length) && characters < batchCharacters) {
    const result = line[taken++]?.result;
    characters += (result?.request_body?.length ?? 0) + (result?.response_body?.length ?? 0);
  }
  return line.splice(0, taken);
}

/** What of that is still worth writing; the rest is told of, and its deliveries are sent again. */
export function worthWriting(taken: Waiting[], now: number): Waiting[] {
  const kept = taken.filter(({ leaseEndsAt }) => now < leaseEndsAt + keptBeyondLease);
  if (kept.length < taken.length) {
    report('results could not be written in time; their deliveries are sent again', {
      deliveries: taken.length - kept.length,
    });
  }
  return kept;
}
