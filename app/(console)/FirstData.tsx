import { dehydrate, HydrationBoundary, QueryClient } from '@tanstack/react-query';
import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { Refusal } from '@/components/shell/Refusal';
import { WebhookError } from '@/lib/domain/errors';
import { pageService } from '@/lib/services/pageService';
import { viewer } from './viewer';

type FirstDataProps = {
  /** The least role that may see it. */
  opensTo: 'admin' | 'member';
  /** Gives queries their first data. It is asked for while the role still is, and thrown away where that does not suffice. */
  fill: (client: QueryClient) => Promise<unknown>;
  /** What people without the role get. */
  refused?: () => ReactNode;
  children?: ReactNode;
};

/** What stands in it has its first data with the first response, and asks for nothing when it is drawn. */
export async function FirstData({ opensTo, fill, refused, children }: FirstDataProps) {
  const client = new QueryClient();
  const filled = pageService.filled(fill(client)).catch((error: unknown) => error);
  const who = await viewer();
  // To somebody without the role the database answers as if there were nothing: unknown, they are handed nothing.
  if (!who) return children;
  if (who.role !== 'admin' && who.role !== opensTo) return refused?.() ?? <Refusal />;
  const outcome = await filled;
  if (outcome instanceof WebhookError) notFound();
  if (outcome instanceof Error) throw outcome;
  return <HydrationBoundary state={dehydrate(client)}>{children}</HydrationBoundary>;
}

/** The first page of a list that grows. */
export const firstPage = <Page,>(page: Page) => ({ pages: [page], pageParams: [null] });
