'use client';

import { useRouter } from 'next/navigation';
import { useTimeZone } from 'next-intl';
import { useEffect } from 'react';
import { timeZone } from '@/lib/api/statistics';
import { timeZoneCookie } from '@/lib/i18n/locales';

const oneYear = 365 * 24 * 60 * 60;

/** Tells the server in which time zone the person is, so that it draws the same hours as the browser. Shows nothing. */
export function TimeZoneNote() {
  const drawnIn = useTimeZone();
  const router = useRouter();
  useEffect(() => {
    const zone = timeZone();
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser that the console supports
    document.cookie = `${timeZoneCookie}=${encodeURIComponent(zone)}; path=/; max-age=${oneYear}; samesite=lax`;
    if (zone !== drawnIn) router.refresh();
  }, [drawnIn, router]);
  return null;
}
