import type { QueryClient } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { EventTabs } from '@/components/events/EventTabs';
import { Journal } from '@/components/journal/Journal';
import { PageHeader } from '@/components/ui/PageHeader';
import { journalQuery } from '@/lib/api/journal';
import { journalService } from '@/lib/services/journalService';
import { fillEventTypes } from '../../eventTypeData';
import { FirstData, firstPage } from '../../FirstData';
import { type SearchParams, textOf } from '../../searchParams';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('events'))('journal.title') };
}

export default async function JournalPage({ searchParams }: { searchParams: SearchParams }) {
  const t = await getTranslations('events');
  const params = await searchParams;
  const fill = async (client: QueryClient) => {
    const narrowed = ['type', 'unheard', 'period', 'from', 'to'].some((name) => textOf(params[name]));
    await Promise.all([
      fillEventTypes(client),
      // What the address narrows, the browser asks for.
      narrowed ||
        journalService.list().then((page) => client.setQueryData(journalQuery({}).queryKey, firstPage(page))),
    ]);
  };
  return (
    <FirstData opensTo="admin" fill={fill}>
      <PageHeader title={t('title')} description={t('journal.intro')} />
      <EventTabs />
      <Journal />
    </FirstData>
  );
}
