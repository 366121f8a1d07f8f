import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { AppointmentList } from '@/components/crm/AppointmentList';
import { appointmentListQuery } from '@/lib/api/crm';
import { crmService } from '@/lib/services/crmService';
import { FirstData, firstPage } from '../FirstData';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('crm'))('appointments.title') };
}

export default function AppointmentsPage() {
  return (
    <FirstData
      opensTo="member"
      fill={async (client) =>
        client.setQueryData(
          appointmentListQuery.queryKey,
          firstPage(await crmService.listAppointments({ limit: 50 })),
        )
      }
    >
      <AppointmentList />
    </FirstData>
  );
}
