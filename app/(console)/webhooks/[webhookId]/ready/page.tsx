import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { WebhookReady } from '@/components/webhooks/detail/WebhookReady';
import { FirstData } from '../../../FirstData';
import { fillWebhook, webhookIdOf } from '../webhookData';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('webhooks'))('title') };
}

export default async function WebhookReadyPage({ params }: { params: Promise<{ webhookId: string }> }) {
  const webhookId = await webhookIdOf(params);
  return (
    <FirstData opensTo="admin" fill={(client) => fillWebhook(client, webhookId)}>
      <WebhookReady webhookId={webhookId} />
    </FirstData>
  );
}
