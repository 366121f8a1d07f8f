import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { WebhookShell } from '@/components/webhooks/detail/WebhookShell';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('webhooks'))('title') };
}

type WebhookLayoutProps = { params: Promise<{ webhookId: string }>; children: ReactNode };

export default async function WebhookLayout({ params, children }: WebhookLayoutProps) {
  return <WebhookShell webhookId={(await params).webhookId}>{children}</WebhookShell>;
}
