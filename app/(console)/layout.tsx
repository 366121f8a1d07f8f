import { dehydrate, HydrationBoundary, QueryClient } from '@tanstack/react-query';
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import type { ReactNode } from 'react';
import { CommandMenu } from '@/components/shell/CommandMenu';
import { MobileBar } from '@/components/shell/MobileBar';
import { Sidebar } from '@/components/shell/Sidebar';
import { Toaster } from '@/components/ui/Toaster';
import { sessionQuery } from '@/lib/api/session';
import { holdsSession } from '@/lib/domain/sessionCookie';
import { viewer } from './viewer';

/** Behind the proxy, which knows whether the session is good: whoever comes past it without any sees no console either. The role is asked here, once. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  if (!holdsSession((await cookies()).getAll())) redirect('/login');
  const t = await getTranslations('common');
  const who = await viewer();
  const client = new QueryClient();
  if (who?.role) client.setQueryData(sessionQuery.queryKey, { email: who.email ?? '', role: who.role });
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <NuqsAdapter>
        <CommandMenu>
          <a
            href="#content"
            className="sr-only z-50 rounded-md bg-accent px-4 py-2 font-medium text-on-accent focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
          >
            {t('skipToContent')}
          </a>
          <MobileBar />
          <div className="flex">
            <Sidebar />
            <main
              id="content"
              tabIndex={-1}
              className="min-h-[calc(100dvh-3.5rem)] min-w-0 flex-1 bg-surface outline-none md:my-2 md:mr-2 md:min-h-[calc(100dvh-1rem)] md:rounded-xl md:border md:shadow-sm"
            >
              <div className="mx-auto flex max-w-6xl flex-col gap-6 has-data-pane:max-w-none px-4 py-6 md:px-8 md:py-8">
                {children}
              </div>
            </main>
          </div>
          <Toaster />
        </CommandMenu>
      </NuqsAdapter>
    </HydrationBoundary>
  );
}
