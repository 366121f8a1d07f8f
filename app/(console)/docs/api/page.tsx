import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { ApiReference } from '@/components/docs/ApiReference';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('common.apiReference'))('title') };
}

export default function ApiReferencePage() {
  return <ApiReference />;
}
