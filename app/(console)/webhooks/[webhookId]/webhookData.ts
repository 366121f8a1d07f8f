import type { QueryClient } from '@tanstack/react-query';
import { notFound } from 'next/navigation';
import { z } from 'zod';
import { webhookQuery } from '@/lib/api/webhooks';
import { webhookService } from '@/lib/services/webhookService';

const id = z.uuid();

/** The id in the path of a webhook's pages; what cannot be one is no page. */
export async function webhookIdOf(params: Promise<{ webhookId: string }>): Promise<string> {
  const { webhookId } = await params;
  return id.safeParse(webhookId).success ? webhookId : notFound();
}

/** @throws WebhookError `webhook_not_found` */
export async function fillWebhook(client: QueryClient, webhookId: string): Promise<void> {
  client.setQueryData(webhookQuery(webhookId).queryKey, await webhookService.get(webhookId));
}
