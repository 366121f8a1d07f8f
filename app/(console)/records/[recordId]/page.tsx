import type { QueryClient } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { RecordEvents } from '@/components/journal/RecordEvents';
import { journalQuery } from '@/lib/api/journal';
import { recordRowsQuery } from '@/lib/api/records';
import { journalService } from '@/lib/services/journalService';
import { recordService } from '@/lib/services/recordService';
import { FirstData, firstPage } from '../../FirstData';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('events'))('record.title') };
}

type RecordPageProps = { params: Promise<{ recordId: string }> };

/** A record that nothing is kept of has a page as well: that is what it says. */
export default async function RecordPage({ params }: RecordPageProps) {
  const recordId = decoded((await params).recordId);
  const fill = async (client: QueryClient) => {
    const choices = [{ record_id: recordId }, { related_id: recordId }];
    const [{ items }, ...pages] = await Promise.all([
      recordService.rows(recordId),
      ...choices.map((choice) => journalService.list(choice)),
    ]);
    client.setQueryData(recordRowsQuery(recordId).queryKey, items);
    for (const [at, page] of pages.entries())
      client.setQueryData(journalQuery(choices[at] ?? {}).queryKey, firstPage(page));
  };
  return (
    <FirstData opensTo="admin" fill={fill}>
      <RecordEvents recordId={recordId} />
    </FirstData>
  );
}

/** A part of a path as it was meant; one that somebody typed by hand may not be encoded. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
