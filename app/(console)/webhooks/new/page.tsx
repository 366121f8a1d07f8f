import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { CreateWebhook } from '@/components/webhooks/form/CreateWebhook';
import { urlPolicy } from '@/lib/env';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('webhooks'))('form.createTitle') };
}

type Param = string | string[] | undefined;
type NewWebhookPageProps = { searchParams: Promise<{ from?: Param; url?: Param; name?: Param }> };

const textOf = (param: Param) => (typeof param === 'string' ? param : undefined);

export default async function NewWebhookPage({ searchParams }: NewWebhookPageProps) {
  const { from, url, name } = await searchParams;
  return <CreateWebhook policy={urlPolicy()} copyOf={textOf(from)} url={textOf(url)} name={textOf(name)} />;
}
