'use client';

import { Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { InboxView } from '@/lib/domain/playground';
import { Badge } from '../ui/Badge';
import { Button } from '../ui/Button';
import { Link } from '../ui/Link';
import { newWebhookHref } from './newWebhookHref';
import { TestButton } from './TestButton';

/** The webhooks that send to an inbox, each with its test, or the way to a first one. */
export function InboxWebhooks({ inbox }: { inbox: InboxView }) {
  const t = useTranslations('playground');
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <span id="inbox-webhooks" className="font-medium text-sm">
        {t('webhooks')}
      </span>
      {inbox.webhooks.length === 0 ? (
        <div className="flex flex-col items-start gap-2">
          <Button asChild>
            <Link href={newWebhookHref(inbox)}>
              <Plus aria-hidden />
              {t('createWebhook')}
            </Link>
          </Button>
          <p className="text-muted text-xs">{t('noWebhook')}</p>
        </div>
      ) : (
        <ul aria-labelledby="inbox-webhooks" className="flex flex-col divide-y rounded-md border">
          {inbox.webhooks.map((webhook) => (
            <li key={webhook.id} className="flex min-h-9 items-center gap-2 py-0.5 pr-0.5 pl-3">
              <Link
                href={`/webhooks/${webhook.id}`}
                className="min-w-0 flex-1 truncate rounded-sm font-medium text-sm underline-offset-4 hover:underline"
              >
                {webhook.name}
              </Link>
              {webhook.status === 'inactive' && <Badge>{t('inactive')}</Badge>}
              <TestButton webhook={webhook} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
