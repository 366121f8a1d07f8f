import { redirect } from 'next/navigation';

export default async function WebhookDeliveriesPage({ params }: { params: Promise<{ webhookId: string }> }) {
  redirect(`/deliveries?webhook_id=${(await params).webhookId}`);
}
