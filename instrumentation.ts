/** Runs once when the server starts: a wrong configuration stops it here, with a sentence that says what to do. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { env } = await import('@/lib/env');
  env();
  const { stopDrain } = await import('@/lib/dispatcher/drain');
  // What is in flight finishes and is written; the server itself waits for open requests.
  process.once('SIGTERM', () => void stopDrain());
  process.once('SIGINT', () => void stopDrain());
}
