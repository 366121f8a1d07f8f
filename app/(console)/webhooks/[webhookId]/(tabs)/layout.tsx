import type { QueryClient } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { WebhookShell } from '@/components/webhooks/detail/WebhookShell';
import { jobsQuery } from '@/lib/api/jobs';
import { webhookStatsQuery } from '@/lib/api/webhooks';
import { knownTimeZone } from '@/lib/i18n/timeZone';
import { jobService } from '@/lib/services/jobService';
import { webhookService } from '@/lib/services/webhookService';
import { FirstData } from '../../../FirstData';
import { fillWebhook, webhookIdOf, whereAlertsAre } from '../webhookData';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('webhooks'))('title') };
}

type WebhookLayoutProps = { params: Promise<{ webhookId: string }>; children: ReactNode };

export default async function WebhookLayout({ params, children }: WebhookLayoutProps) {
  const webhookId = await webhookIdOf(params);
  return (
    <FirstData
      opensTo="admin"
      fill={(client) =>
        Promise.all([fillWebhook(client, webhookId), fillDay(client, webhookId), fillJobs(client)]).catch(
          (error: unknown) => whereAlertsAre(webhookId, error),
        )
      }
    >
      <WebhookShell webhookId={webhookId}>{children}</WebhookShell>
    </FirstData>
  );
}

/** The last 24 hours, of which the head of each tab says how the receiver does. */
async function fillDay(client: QueryClient, webhookId: string) {
  const time_zone = await knownTimeZone();
  if (time_zone === undefined) return;
  const day = await webhookService.stats(webhookId, { range: '24h', time_zone });
  client.setQueryData(webhookStatsQuery(webhookId, '24h').queryKey, day);
}

const fillJobs = async (client: QueryClient) =>
  client.setQueryData(jobsQuery.queryKey, await jobService.list());
