import postgres from 'postgres';
import { callDrain, type DrainRoute } from './cronTicker.ts';

/** Seconds for which a drain that is woken works at least; the cron's call goes on beside it. */
const wokenSeconds = 1;

interface ListenerOptions {
  databaseUrl: string;
  route: DrainRoute;
  onError(message: string): void;
}

/**
 * Wakes the app when the database tells of deliveries that come while its drain looks at the queue rarely: events written in
 * SQL wake nobody else. A listener whose connection is lost listens again, and wakes it for what it may have missed.
 * Returns what makes it stop.
 */
export async function listenForDeliveries({
  databaseUrl,
  route,
  onError,
}: ListenerOptions): Promise<() => Promise<void>> {
  let calling = false;
  let again = false;
  const wake = async () => {
    again = true;
    if (calling) return;
    calling = true;
    try {
      while (again) {
        again = false;
        await callDrain(route, wokenSeconds);
      }
    } catch (error) {
      // Not called again at once: the drain looks by itself within seconds.
      onError(`drain-deliveries: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      calling = false;
    }
  };
  // Array types are not read: postgres.js catches nothing when the server dies meanwhile.
  const sql = postgres(databaseUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  await sql.listen('webhook_queue', wake, wake);
  return () => sql.end({ timeout: 1 });
}
