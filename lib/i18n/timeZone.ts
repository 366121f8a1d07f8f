import { cookies } from 'next/headers';
import { isTimeZone } from '@/lib/domain/timeZone';
import { timeZoneCookie } from './locales';

/** The person's own time zone, as their browser told it; undefined before it has. */
export async function knownTimeZone(): Promise<string | undefined> {
  const zone = (await cookies()).get(timeZoneCookie)?.value;
  return zone && isTimeZone(zone) ? zone : undefined;
}
