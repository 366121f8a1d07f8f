import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { LeadList } from '@/components/crm/LeadList';
import { leadListQuery } from '@/lib/api/crm';
import { crmService } from '@/lib/services/crmService';
import { FirstData, firstPage } from '../FirstData';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('crm'))('leads.title') };
}

export default function LeadsPage() {
  return (
    <FirstData
      opensTo="member"
      fill={async (client) =>
        client.setQueryData(leadListQuery.queryKey, firstPage(await crmService.listLeads({ limit: 50 })))
      }
    >
      <LeadList />
    </FirstData>
  );
}
