import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { CreateWebhook } from '@/components/webhooks/form/CreateWebhook';
import { urlPolicy } from '@/lib/env';
import { fillEventTypes } from '../../eventTypeData';
import { FirstData } from '../../FirstData';
import { type SearchParams, textOf } from '../../searchParams';
import { fillWebhook, webhookIdOf } from '../[webhookId]/webhookData';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('webhooks'))('form.createTitle') };
}

export default async function NewWebhookPage({ searchParams }: { searchParams: SearchParams }) {
  const { from, url, name } = await searchParams;
  const original = textOf(from);
  const copyOf = original && (await webhookIdOf(Promise.resolve({ webhookId: original })));
  return (
    <FirstData
      opensTo="admin"
      fill={(client) => Promise.all([fillEventTypes(client), copyOf && fillWebhook(client, copyOf)])}
    >
      <CreateWebhook policy={urlPolicy()} copyOf={copyOf} url={textOf(url)} name={textOf(name)} />
    </FirstData>
  );
}
