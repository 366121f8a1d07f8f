import { WebhookReady } from '@/components/webhooks/WebhookReady';

export default async function WebhookReadyPage({ params }: { params: Promise<{ webhookId: string }> }) {
  return <WebhookReady webhookId={(await params).webhookId} />;
}
