'use client';

import { usePathname } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { withSearch } from './useDeliveryFilters';

/**
 * Which delivery the path names, and how to change it. The list below stays as it is, so the address changes without
 * a request; loading that address anew shows the same.
 * @param base path of the list
 * @param search filters of the list, kept in the address
 */
export function useOpenDelivery(base: string, search: string) {
  const pathname = usePathname();
  const id = pathname.startsWith(`${base}/`) ? pathname.slice(base.length + 1) : null;
  const cameFromList = useRef(false);
  useEffect(() => {
    if (id === null) cameFromList.current = true;
  }, [id]);
  return {
    id,
    open(next: string) {
      const address = withSearch(`${base}/${next}`, search);
      if (id === null) window.history.pushState(null, '', address);
      else window.history.replaceState(null, '', address);
    },
    close() {
      if (cameFromList.current) window.history.back();
      else window.history.replaceState(null, '', withSearch(base, search));
    },
  };
}
