'use client';

import { Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { InboxView } from '@/lib/domain/playground';
import { Button } from '../ui/Button';
import { Card } from '../ui/Card';
import { CopyButton } from '../ui/CopyButton';
import { Link } from '../ui/Link';
import { BehaviourField } from './BehaviourField';
import { InboxMenu } from './InboxMenu';
import { InboxWebhooks } from './InboxWebhooks';
import { newWebhookHref } from './newWebhookHref';

/** One inbox: its address, how it answers, and who sends to it. */
export function InboxCard({ inbox }: { inbox: InboxView }) {
  const t = useTranslations('playground');
  return (
    <Card
      title={<span className="wrap-anywhere">{inbox.name}</span>}
      actions={
        <>
          {inbox.webhooks.length > 0 && (
            <Button asChild size="sm">
              <Link href={newWebhookHref(inbox)}>
                <Plus aria-hidden />
                {t('createWebhook')}
              </Link>
            </Button>
          )}
          <InboxMenu inbox={inbox} />
        </>
      }
    >
      <div className="flex flex-col gap-5">
        <div className="flex min-w-0 flex-col gap-1.5">
          <span id="inbox-address" className="font-medium text-sm">
            {t('address')}
          </span>
          <div className="flex min-h-9 min-w-0 items-center gap-1 rounded-md border bg-sunken pr-0.5 pl-3">
            <output
              aria-labelledby="inbox-address"
              className="wrap-anywhere min-w-0 flex-1 py-2 font-mono text-xs"
            >
              {inbox.url}
            </output>
            <CopyButton text={inbox.url} label={t('copyAddress')} />
          </div>
        </div>
        <div className="grid gap-5 md:grid-cols-2">
          <BehaviourField inbox={inbox} />
          <InboxWebhooks inbox={inbox} />
        </div>
      </div>
    </Card>
  );
}
