import type { ReactNode } from 'react';
import { DeliveryExplorer } from '@/components/deliveries/list/DeliveryExplorer';

type WebhookDeliveriesLayoutProps = { params: Promise<{ webhookId: string }>; children: ReactNode };

/** The list is here and not in the page: it stays while a delivery opens over it under its own address. */
export default async function WebhookDeliveriesLayout({ params, children }: WebhookDeliveriesLayoutProps) {
  return (
    <>
      <DeliveryExplorer webhookId={(await params).webhookId} />
      {children}
    </>
  );
}
