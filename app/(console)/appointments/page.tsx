import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { AppointmentList } from '@/components/crm/AppointmentList';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('crm'))('appointments.title') };
}

export default function AppointmentsPage() {
  return <AppointmentList />;
}
