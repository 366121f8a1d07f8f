import { WebhookOverview } from '@/components/webhooks/detail/WebhookOverview';

export default async function WebhookPage({ params }: { params: Promise<{ webhookId: string }> }) {
  return <WebhookOverview webhookId={(await params).webhookId} />;
}
