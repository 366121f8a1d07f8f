import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { CreateWebhook } from '@/components/webhooks/CreateWebhook';
import { urlPolicy } from '@/lib/env';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('webhooks'))('form.createTitle') };
}

type NewWebhookPageProps = { searchParams: Promise<{ from?: string | string[]; url?: string | string[] }> };

export default async function NewWebhookPage({ searchParams }: NewWebhookPageProps) {
  const { from, url } = await searchParams;
  return (
    <CreateWebhook
      policy={urlPolicy()}
      copyOf={typeof from === 'string' ? from : undefined}
      url={typeof url === 'string' ? url : undefined}
    />
  );
}
