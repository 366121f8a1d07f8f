import type { QueryClient } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { getLocale, getTranslations } from 'next-intl/server';
import type { CatalogueGroup } from '@/components/events/catalogueEntry';
import { EventCatalogue } from '@/components/events/EventCatalogue';
import { EventTabs } from '@/components/events/EventTabs';
import { schemaTree } from '@/components/events/schemaTree';
import { PageHeader } from '@/components/ui/PageHeader';
import { webhookOption, webhookOptionsQuery } from '@/lib/api/events';
import { eventSchemas } from '@/lib/domain/eventSchemas';
import {
  type EventGroup,
  eventGroups,
  isCatalogueEvent,
  subscribableEventNames,
  subscribableEventTypes,
} from '@/lib/domain/eventTypes';
import type { Locale } from '@/lib/i18n/locales';
import { webhookService } from '@/lib/services/webhookService';
import { FirstData } from '../FirstData';
import { viewer } from '../viewer';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('events'))('title') };
}

export default async function EventsPage() {
  const t = await getTranslations('events');
  return (
    <>
      <PageHeader title={t('title')} description={t('intro')} />
      {(await viewer())?.role === 'admin' && <EventTabs />}
      <FirstData opensTo="member" fill={fillWebhooks}>
        <EventCatalogue groups={catalogue(await getLocale())} />
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

/** Put together on the server: the schemas stay out of the browser. */
function catalogue(locale: Locale): CatalogueGroup[] {
  return (Object.keys(eventGroups) as EventGroup[]).map((group) => ({
    group,
    label: eventGroups[group][locale],
    entries: subscribableEventNames
      .filter((name) => subscribableEventTypes[name].group === group)
      .map((name) => ({
        name,
        triggerAs: isCatalogueEvent(name) ? name : null,
        group,
        label: subscribableEventTypes[name].label[locale],
        description: subscribableEventTypes[name].description[locale],
        fields: schemaTree(eventSchemas[name]),
        sample: subscribableEventTypes[name].sample,
      })),
  }));
}
