/** How an inbox answers. */
export const inboxBehaviours = ['ok', 'error', 'recovers', 'gone', 'slow', 'random', 'retry_after'] as const;
export type InboxBehaviour = (typeof inboxBehaviours)[number];

/** Milliseconds that a slow inbox waits: longer than a webhook's default timeout of 5 s. */
export const slowAnswerMs = 8000;
/** Seconds that a busy inbox asks for. */
export const retryAfterSeconds = 20;

/** How an inbox answers one request: status, pause before it in milliseconds, and headers. */
export type InboxAnswer = { status: number; afterMs: number; headers: Record<string, string> };

/**
 * The answer of an inbox.
 * @param attempt which try of its delivery, from 1
 * @param chance from 0 to 1, for the random behaviour
 */
export function inboxAnswer(behaviour: InboxBehaviour, attempt: number, chance: number): InboxAnswer {
  const answer = (status: number, afterMs = 0, headers: Record<string, string> = {}) => ({
    status,
    afterMs,
    headers,
  });
  switch (behaviour) {
    case 'ok':
      return answer(200);
    case 'error':
      return answer(500);
    case 'recovers':
      return answer(attempt <= 2 ? 500 : 200);
    case 'gone':
      return answer(410);
    case 'slow':
      return answer(200, slowAnswerMs);
    case 'random':
      return answer(chance < 0.5 ? 200 : chance < 0.75 ? 500 : 503);
    case 'retry_after':
      return answer(503, 0, { 'retry-after': String(retryAfterSeconds) });
  }
}
