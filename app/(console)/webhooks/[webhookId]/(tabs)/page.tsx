import { WebhookOverview } from '@/components/webhooks/WebhookOverview';

export default async function WebhookPage({ params }: { params: Promise<{ webhookId: string }> }) {
  return <WebhookOverview webhookId={(await params).webhookId} />;
}
