import { getTranslations } from 'next-intl/server';
import { PageHeader } from '@/components/ui/PageHeader';

export default async function WebhooksPage() {
  const t = await getTranslations('common.nav');
  return <PageHeader title={t('webhooks')} />;
}
