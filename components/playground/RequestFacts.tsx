'use client';

import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import type { InboxRequest, InboxView } from '@/lib/domain/playground';
import { CopyButton } from '../ui/CopyButton';
import { Link } from '../ui/Link';
import { RelativeTime } from '../ui/RelativeTime';
import { AnswerBadge } from './AnswerBadge';

/** When a request came, from which webhook and delivery, and what was answered. */
export function RequestFacts({ inbox, request }: { inbox: InboxView; request: InboxRequest }) {
  const t = useTranslations('playground');
  const webhook = inbox.webhooks.find(({ id }) => id === request.webhook_id);
  return (
    <dl className="grid grid-cols-[auto_1fr] items-center gap-x-5 gap-y-1.5 text-sm">
      <Fact name={t('received')}>
        <RelativeTime at={request.received_at} />
      </Fact>
      <Fact name={t('answer')}>
        <AnswerBadge request={request} />
      </Fact>
      {webhook && (
        <Fact name={t('webhook')}>
          <Link href={`/webhooks/${webhook.id}`} className={linkClass}>
            {webhook.name}
          </Link>
        </Fact>
      )}
      {request.delivery_id && (
        <Fact name={t('delivery')}>
          <span className="flex min-w-0 items-center">
            {webhook ? (
              <Link href={`/deliveries/${request.delivery_id}`} className={linkClass}>
                <span className="wrap-anywhere font-mono text-xs">{request.delivery_id}</span>
              </Link>
            ) : (
              <span className="wrap-anywhere font-mono text-xs">{request.delivery_id}</span>
            )}
            <CopyButton text={request.delivery_id} label={t('copyDelivery')} />
          </span>
        </Fact>
      )}
    </dl>
  );
}

const linkClass =
  'wrap-anywhere rounded-sm text-accent-ink underline decoration-accent/30 underline-offset-4';

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}
