import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { Suspense } from 'react';
import { WebhookList } from '@/components/webhooks/list/WebhookList';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('webhooks'))('title') };
}

export default function WebhooksPage() {
  return (
    <Suspense>
      <WebhookList />
    </Suspense>
  );
}
