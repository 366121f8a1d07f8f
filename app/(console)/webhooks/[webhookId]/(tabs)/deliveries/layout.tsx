import type { ReactNode } from 'react';
import { DeliveryExplorer } from '@/components/deliveries/list/DeliveryExplorer';
import { fillDeliveries } from '../../../../deliveries/deliveryData';
import { FirstData } from '../../../../FirstData';
import { webhookIdOf } from '../../webhookData';

type WebhookDeliveriesLayoutProps = { params: Promise<{ webhookId: string }>; children: ReactNode };

/** The list is here and not in the page: it stays while a delivery opens over it under its own address. */
export default async function WebhookDeliveriesLayout({ params, children }: WebhookDeliveriesLayoutProps) {
  const webhookId = await webhookIdOf(params);
  return (
    <FirstData opensTo="admin" fill={(client) => fillDeliveries(client, webhookId)}>
      <DeliveryExplorer webhookId={webhookId} />
      {children}
    </FirstData>
  );
}
