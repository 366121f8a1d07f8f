import type { QueryClient } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { EventCatalogue } from '@/components/events/EventCatalogue';
import { EventTabs } from '@/components/events/EventTabs';
import { NewEventType } from '@/components/events/NewEventType';
import { PageHeader } from '@/components/ui/PageHeader';
import { webhookOption, webhookOptionsQuery } from '@/lib/api/events';
import { webhookService } from '@/lib/services/webhookService';
import { fillEventTypes } from '../eventTypeData';
import { FirstData } from '../FirstData';
import { viewer } from '../viewer';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('events'))('title') };
}

export default async function EventsPage() {
  const t = await getTranslations('events');
  const admin = (await viewer())?.role === 'admin';
  const fill = (client: QueryClient) => Promise.all([fillEventTypes(client), fillWebhooks(client)]);
  return (
    <>
      <PageHeader title={t('title')} description={t('intro')} actions={admin && <NewEventType />} />
      {admin && <EventTabs />}
      <FirstData opensTo="member" fill={fill}>
        <EventCatalogue />
      </FirstData>
    </>
  );
}

/** Who listens to what, for those who may see it; where it takes several requests, the browser makes them. */
async function fillWebhooks(client: QueryClient) {
  if ((await viewer())?.role !== 'admin') return;
  const { items, next_cursor } = await webhookService.list({ limit: 200 });
  if (next_cursor === null) client.setQueryData(webhookOptionsQuery.queryKey, items.map(webhookOption));
}
