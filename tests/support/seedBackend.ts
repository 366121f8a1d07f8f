import { webhookService } from '@/lib/services/webhookService';

/** The specification's sample "From Backend API Routes", as written there, in a route handler. */
export async function PATCH(request: Request): Promise<Response> {
  const { leadId, updatedFields } = (await request.json()) as {
    leadId: string;
    updatedFields: Record<string, unknown>;
  };
  // Trigger all webhooks subscribed to this event
  await webhookService.triggerWebhooksForEvent('lead.updated', {
    id: leadId,
    changes: updatedFields,
  });
  return new Response(null, { status: 204 });
}
