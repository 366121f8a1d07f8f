import { triggerWebhooks } from '@/lib/utils/webhookTrigger';

/** The specification's sample "From Frontend Code", as written there. */
export async function fromFrontendCode(lead: { id: string; nom: string; email: string }): Promise<void> {
  // Trigger webhooks for a specific event
  await triggerWebhooks('lead.created', {
    id: lead.id,
    nom: lead.nom,
    email: lead.email,
    // ... other data
  });
}
