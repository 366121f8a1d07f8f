'use server';

import { cookies } from 'next/headers';
import { isLocale, localeCookie } from './locales';

const oneYear = 365 * 24 * 60 * 60;

/**
 * Remembers the person's language for a year and renders the page again in it.
 * @param locale one of the console's languages; anything else is ignored
 */
export async function setLocale(locale: string): Promise<void> {
  if (!isLocale(locale)) return;
  (await cookies()).set(localeCookie, locale, { path: '/', maxAge: oneYear, sameSite: 'lax' });
}
