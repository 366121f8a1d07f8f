import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { LeadList } from '@/components/crm/LeadList';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('crm'))('leads.title') };
}

export default function LeadsPage() {
  return <LeadList />;
}
