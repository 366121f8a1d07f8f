import type { QueryClient } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { EventTabs } from '@/components/events/EventTabs';
import { Journal } from '@/components/journal/Journal';
import { PageHeader } from '@/components/ui/PageHeader';
import { journalQuery } from '@/lib/api/journal';
import { subscribableEventNames } from '@/lib/domain/eventTypes';
import { journalService } from '@/lib/services/journalService';
import { FirstData, firstPage } from '../../FirstData';
import { type SearchParams, textOf } from '../../searchParams';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('events'))('journal.title') };
}

export default async function JournalPage({ searchParams }: { searchParams: SearchParams }) {
  const t = await getTranslations('events');
  const params = await searchParams;
  const fill = async (client: QueryClient) => {
    // What the address narrows, the browser asks for.
    if (textOf(params.type) || textOf(params.unheard)) return;
    client.setQueryData(journalQuery({}).queryKey, firstPage(await journalService.list()));
  };
  return (
    <FirstData opensTo="admin" fill={fill}>
      <PageHeader title={t('title')} description={t('journal.intro')} />
      <EventTabs />
      <Journal types={[...subscribableEventNames]} />
    </FirstData>
  );
}
