import { WebhookSettings } from '@/components/webhooks/detail/WebhookSettings';
import { urlPolicy } from '@/lib/env';

export default async function SettingsPage({ params }: { params: Promise<{ webhookId: string }> }) {
  return <WebhookSettings webhookId={(await params).webhookId} policy={urlPolicy()} />;
}
