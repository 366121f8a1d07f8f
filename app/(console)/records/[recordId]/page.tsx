import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { RecordEvents } from '@/components/journal/RecordEvents';
import { journalQuery } from '@/lib/api/journal';
import { journalService } from '@/lib/services/journalService';
import { FirstData, firstPage } from '../../FirstData';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('events'))('record.title') };
}

type RecordPageProps = { params: Promise<{ recordId: string }> };

/** A record that nothing is kept of has a page as well: that is what it says. */
export default async function RecordPage({ params }: RecordPageProps) {
  const recordId = decoded((await params).recordId);
  return (
    <FirstData
      opensTo="admin"
      fill={async (client) =>
        client.setQueryData(
          journalQuery({ record_id: recordId }).queryKey,
          firstPage(await journalService.list({ record_id: recordId })),
        )
      }
    >
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
