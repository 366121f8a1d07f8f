/** A wait that can be ended before its time. */
export type Sleep = { over: Promise<void>; end(): void };

/**
 * Time as the engine's loops know it, an argument of each of them. It only ever grows: whoever sets the wall clock
 * moves nothing. Timestamps that are stored or signed come from the wall clock instead.
 */
export type Clock = {
  /** Milliseconds since some moment. */
  now(): number;
  sleep(ms: number): Sleep;
};

/** The process's own monotonic clock. */
export const monotonicClock: Clock = {
  now: () => performance.now(),
  sleep(ms) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, Math.max(0, ms));
    return {
      over: promise,
      end() {
        clearTimeout(timer);
        resolve();
      },
    };
  },
};

/** Waits for `work`, at most `ms`; answers whether it ended in time, whatever it came to. */
export async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
  const patience = clock.sleep(ms);
  const ended = await Promise.race([
    work.then(
      () => true,
      () => true,
    ),
    patience.over.then(() => false),
  ]);
  patience.end();
  return ended;
}
