import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { FileList } from '@/components/crm/FileList';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('crm'))('files.title') };
}

export default function FilesPage() {
  return <FileList />;
}
