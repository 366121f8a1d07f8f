import type { QueryClient } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { getTranslations } from 'next-intl/server';
import { Playground } from '@/components/playground/Playground';
import { inboxListQuery, inboxRequestsQuery } from '@/lib/api/playground';
import { requestOrigin } from '@/lib/domain/requestOrigin';
import { playgroundService } from '@/lib/services/playgroundService';
import { FirstData } from '../FirstData';
import { type SearchParams, textOf } from '../searchParams';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('playground'))('title') };
}

export default async function PlaygroundPage({ searchParams }: { searchParams: SearchParams }) {
  const chosen = textOf((await searchParams).inbox);
  return (
    <FirstData opensTo="admin" fill={(client) => fillInboxes(client, chosen)}>
      <Playground />
    </FirstData>
  );
}

async function fillInboxes(client: QueryClient, chosen: string | undefined) {
  const { items } = await playgroundService.listInboxes(requestOrigin({ headers: await headers() }));
  client.setQueryData(inboxListQuery.queryKey, items);
  const shown = items.find(({ id }) => id === chosen) ?? items[0];
  if (!shown) return;
  const requests = await playgroundService.listRequests(shown.id);
  client.setQueryData(inboxRequestsQuery(shown.id).queryKey, requests.items);
}
