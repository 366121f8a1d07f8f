'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { WebhookOption } from '@/lib/api/events';
import { WebhookError } from '@/lib/domain/errors';
import { useProblemText } from '../shell/useProblemText';
import { Banner } from '../ui/Banner';
import { Button } from '../ui/Button';
import { Link } from '../ui/Link';
import { Skeleton } from '../ui/Skeleton';
import { StatusBadge } from '../ui/StatusBadge';

type EventListenersProps = {
  listeners: readonly WebhookOption[] | undefined;
  webhooks: UseQueryResult<WebhookOption[]>;
};

/** The webhooks that get this event; for administrators only. */
export function EventListeners({ listeners, webhooks }: EventListenersProps) {
  const t = useTranslations('events');
  const common = useTranslations('common');
  const problemText = useProblemText();
  if (listeners === undefined) {
    if (!webhooks.error) return <Skeleton className="h-9" />;
    const forbidden = webhooks.error instanceof WebhookError && webhooks.error.status === 403;
    if (forbidden) return <p className="text-muted text-sm">{t('listenersForbidden')}</p>;
    return (
      <Banner
        tone="danger"
        actions={
          <Button size="sm" onClick={() => webhooks.refetch()}>
            {common('retry')}
          </Button>
        }
      >
        {problemText(webhooks.error)}
      </Banner>
    );
  }
  if (listeners.length === 0) {
    return (
      <div className="flex flex-wrap items-center justify-between gap-3 rounded-md border border-dashed px-3 py-2.5">
        <p className="text-muted text-sm">{t('nobody')}</p>
        <Button asChild size="sm">
          <Link href="/webhooks/new">
            <Plus aria-hidden />
            {t('newWebhook')}
          </Link>
        </Button>
      </div>
    );
  }
  return (
    <ul className="divide-y overflow-hidden rounded-md border bg-raised">
      {listeners.map((webhook) => (
        <li
          key={webhook.id}
          className="relative flex items-center justify-between gap-3 px-3 py-2 hover:bg-hover has-[a:focus-visible]:bg-hover"
        >
          <Link
            href={`/webhooks/${webhook.id}`}
            className="min-w-0 truncate text-sm outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
          >
            {webhook.name}
          </Link>
          <StatusBadge status={webhook.state} />
        </li>
      ))}
    </ul>
  );
}
