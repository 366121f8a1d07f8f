import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { DeliveryExplorer } from '@/components/deliveries/list/DeliveryExplorer';
import { FirstData } from '../FirstData';
import { fillDeliveries, fillJobs } from './deliveryData';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('deliveries'))('title') };
}

/** The list is here and not in the page: it stays while a delivery opens over it under its own address. */
export default function DeliveriesLayout({ children }: { children: ReactNode }) {
  return (
    <FirstData opensTo="admin" fill={(client) => Promise.all([fillDeliveries(client), fillJobs(client)])}>
      <DeliveryExplorer />
      {children}
    </FirstData>
  );
}
