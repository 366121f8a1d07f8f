import type { Metadata } from 'next';
import { getLocale, getTranslations } from 'next-intl/server';
import { Suspense } from 'react';
import type { CatalogueGroup } from '@/components/events/catalogueEntry';
import { EventCatalogue } from '@/components/events/EventCatalogue';
import { schemaTree } from '@/components/events/schemaTree';
import { PageHeader } from '@/components/ui/PageHeader';
import { eventSchemas } from '@/lib/domain/eventSchemas';
import {
  type EventGroup,
  eventGroups,
  isCatalogueEvent,
  subscribableEventNames,
  subscribableEventTypes,
} from '@/lib/domain/eventTypes';
import type { Locale } from '@/lib/i18n/locales';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('events'))('title') };
}

export default async function EventsPage() {
  const t = await getTranslations('events');
  return (
    <>
      <PageHeader title={t('title')} description={t('intro')} />
      <Suspense>
        <EventCatalogue groups={catalogue(await getLocale())} />
      </Suspense>
    </>
  );
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
