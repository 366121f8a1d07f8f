'use client';

import { useQueryClient } from '@tanstack/react-query';
import { CloudOff } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useSyncExternalStore } from 'react';
import { connection, onConnection } from '@/lib/api/connection';
import { sessionQuery } from '@/lib/api/session';

const askAgainMs = 5000;

/** Says that nothing new arrives: the browser has no network, or our server does not answer. */
export function ConnectionNotice() {
  const t = useTranslations('common.connection');
  const client = useQueryClient();
  const state = useSyncExternalStore(onConnection, connection, () => 'online' as const);
  useEffect(() => {
    if (state !== 'unanswered') return;
    // Not every page asks for anything by itself.
    const timer = setInterval(
      () => void client.refetchQueries({ queryKey: sessionQuery.queryKey }),
      askAgainMs,
    );
    return () => clearInterval(timer);
  }, [state, client]);
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-0 bottom-0 z-[60] flex justify-center p-3"
    >
      {state !== 'online' && (
        <p className="flex items-center gap-2 rounded-lg border border-warning/35 bg-warning-soft px-3.5 py-2 text-sm text-warning-ink shadow-lg">
          <CloudOff aria-hidden className="size-4 shrink-0" />
          {t(state)}
        </p>
      )}
    </div>
  );
}
