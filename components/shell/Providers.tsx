'use client';

import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ThemeProvider } from 'next-themes';
import { type ReactNode, useEffect, useState } from 'react';
import { WebhookError } from '@/lib/domain/errors';
import { ConnectionNotice } from './ConnectionNotice';
import { TimeZoneNote } from './TimeZoneNote';
import { useSteadyClicks } from './useSteadyClicks';

const passing = new Set(['network', 'database_unavailable', 'timeout']);

/** A refusal is final; only what may pass by itself is asked for again. */
function shouldRetry(failures: number, error: unknown): boolean {
  return failures < 2 && error instanceof WebhookError && passing.has(error.code);
}

/** What is read without a session is read after signing in; not while a form is on the page: nothing typed is lost. */
function signInAgain(error: unknown) {
  const { pathname, search } = window.location;
  if (!(error instanceof WebhookError && error.code === 'not_signed_in') || pathname === '/login') return;
  if (document.querySelector('form, [data-keeps-text]')) return;
  window.location.assign(`/login?next=${encodeURIComponent(pathname + search)}`);
}

const newQueryClient = () =>
  new QueryClient({
    queryCache: new QueryCache({ onError: signInAgain }),
    defaultOptions: {
      // Without a network what is asked for fails, and says so, rather than waiting in silence for one.
      queries: { retry: shouldRetry, staleTime: 2000, networkMode: 'always' },
      mutations: { networkMode: 'always' },
    },
  });

/** What every page stands in: theme and cached data. */
export function Providers({ nonce, children }: { nonce?: string; children: ReactNode }) {
  const [client] = useState(newQueryClient);
  useSteadyClicks();
  // Until then what is drawn does not answer, and the pointer says so.
  useEffect(() => {
    document.documentElement.dataset.ready = '';
  }, []);
  return (
    <ThemeProvider
      attribute="class"
      defaultTheme="system"
      storageKey="devlink_theme"
      disableTransitionOnChange
      {...(nonce ? { nonce } : {})}
    >
      <QueryClientProvider client={client}>
        {children}
        <ConnectionNotice />
      </QueryClientProvider>
      <TimeZoneNote />
    </ThemeProvider>
  );
}
