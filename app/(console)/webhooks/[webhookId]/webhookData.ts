import type { QueryClient } from '@tanstack/react-query';
import { notFound, redirect } from 'next/navigation';
import { z } from 'zod';
import { webhookQuery } from '@/lib/api/webhooks';
import { WebhookError } from '@/lib/domain/errors';
import { alertService } from '@/lib/services/alertService';
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

/** Leads to the alerts: what they send is among all deliveries, each of which leads to the webhook that sends it. */
export async function whereAlertsAre(id: string, error: unknown): Promise<never> {
  const isUnknown = error instanceof WebhookError && error.code === 'webhook_not_found';
  if (isUnknown && (await alertService.get(id).catch(() => null))) redirect('/alerts');
  throw error;
}
