import { Plus } from 'lucide-react';
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { Button } from '@/components/ui/Button';
import { Link } from '@/components/ui/Link';
import { PageHeader } from '@/components/ui/PageHeader';
import { WebhookList } from '@/components/webhooks/list/WebhookList';
import { loadWebhookChoice, webhookChoiceOf } from '@/components/webhooks/list/webhookChoice';
import { jobsQuery } from '@/lib/api/jobs';
import { webhookListQuery } from '@/lib/api/webhooks';
import { jobService } from '@/lib/services/jobService';
import { webhookService } from '@/lib/services/webhookService';
import { FirstData, firstPage } from '../FirstData';
import type { SearchParams } from '../searchParams';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('webhooks'))('title') };
}

/** Where everybody lands; members go on to what is theirs. */
export default async function WebhooksPage({ searchParams }: { searchParams: SearchParams }) {
  const t = await getTranslations('webhooks');
  const choice = webhookChoiceOf(loadWebhookChoice(await searchParams));
  return (
    <FirstData
      opensTo="admin"
      refused={() => redirect('/leads')}
      fill={async (client) => {
        const [webhooks, jobs] = await Promise.all([webhookService.list(choice), jobService.list()]);
        client.setQueryData(webhookListQuery(choice).queryKey, firstPage(webhooks));
        client.setQueryData(jobsQuery.queryKey, jobs);
      }}
    >
      <PageHeader
        title={t('title')}
        description={t('intro')}
        actions={
          <Button asChild variant="primary">
            <Link href="/webhooks/new">
              <Plus aria-hidden />
              {t('new')}
            </Link>
          </Button>
        }
      />
      <WebhookList />
    </FirstData>
  );
}
