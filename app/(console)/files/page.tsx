import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { FileList } from '@/components/crm/FileList';
import { fileListQuery } from '@/lib/api/crm';
import { crmService } from '@/lib/services/crmService';
import { FirstData, firstPage } from '../FirstData';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('crm'))('files.title') };
}

export default function FilesPage() {
  return (
    <FirstData
      opensTo="member"
      fill={async (client) =>
        client.setQueryData(fileListQuery.queryKey, firstPage(await crmService.listFiles({ limit: 50 })))
      }
    >
      <FileList />
    </FirstData>
  );
}
