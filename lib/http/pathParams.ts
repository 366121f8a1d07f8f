import { z } from 'zod';

/** `/api/webhooks/{webhookId}/…` */
export const webhookPath = {
  params: z.object({ webhookId: z.uuid() }),
  notFound: 'webhook_not_found',
} as const;

/** `/api/deliveries/{deliveryId}/…` */
export const deliveryPath = {
  params: z.object({ deliveryId: z.uuid() }),
  notFound: 'delivery_not_found',
} as const;
