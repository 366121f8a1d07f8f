'use client';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ThemeProvider } from 'next-themes';
import { type ReactNode, useState } from 'react';
import { ApiProblem } from '@/lib/api/apiFetch';
import { ConnectionNotice } from './ConnectionNotice';

const passing = new Set(['network', 'database_unavailable', 'timeout']);

/** A refusal is final; only what may pass by itself is asked for again. */
function shouldRetry(failures: number, error: unknown): boolean {
  return failures < 2 && error instanceof ApiProblem && passing.has(error.code);
}

const newQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      // Without a network what is asked for fails, and says so, rather than waiting in silence for one.
      queries: { retry: shouldRetry, staleTime: 2000, networkMode: 'always' },
      mutations: { networkMode: 'always' },
    },
  });

/** What every page stands in: theme and cached data. */
export function Providers({ nonce, children }: { nonce?: string; children: ReactNode }) {
  const [client] = useState(newQueryClient);
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
    </ThemeProvider>
  );
}
