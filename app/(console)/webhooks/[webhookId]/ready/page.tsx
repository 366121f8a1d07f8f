import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { WebhookReady } from '@/components/webhooks/detail/WebhookReady';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('webhooks'))('title') };
}

export default async function WebhookReadyPage({ params }: { params: Promise<{ webhookId: string }> }) {
  return <WebhookReady webhookId={(await params).webhookId} />;
}
