import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { AlertList } from '@/components/alerts/AlertList';
import { alertListQuery } from '@/lib/api/alerts';
import { alertService } from '@/lib/services/alertService';
import { FirstData } from '../FirstData';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('alerts'))('title') };
}

export default function AlertsPage() {
  return (
    <FirstData
      opensTo="admin"
      fill={async (client) => client.setQueryData(alertListQuery.queryKey, (await alertService.list()).items)}
    >
      <AlertList />
    </FirstData>
  );
}
