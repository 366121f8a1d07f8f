'use client';

import { useFormatter, useTranslations } from 'next-intl';
import { useState } from 'react';
import type { InboxRequest } from '@/lib/domain/playground';
import { Badge } from '../ui/Badge';
import { cn } from '../ui/cn';
import { AnswerBadge } from './AnswerBadge';
import { VerdictMark } from './VerdictMark';

type RequestItemProps = { request: InboxRequest; current: boolean; onPick: () => void };

/** One request in the list. A fresh one lights up as it comes in. */
export function RequestItem({ request, current, onPick }: RequestItemProps) {
  const t = useTranslations('playground');
  const [fresh] = useState(() => Date.now() - Date.parse(request.received_at) < 3000);
  const time = useFormatter().dateTime(new Date(request.received_at), { timeStyle: 'medium' });
  return (
    <li className={cn('border-b last:border-b-0', fresh && 'animate-row-in')}>
      <button
        type="button"
        aria-current={current ? 'true' : undefined}
        onClick={onPick}
        className={cn(
          'flex w-full flex-col gap-1.5 px-4 py-3 text-left transition-colors focus-visible:-outline-offset-2',
          current ? 'bg-accent-soft' : 'hover:bg-hover',
        )}
      >
        <span className="flex items-baseline justify-between gap-3">
          <span className="min-w-0 truncate font-medium font-mono text-xs">
            <span className="text-muted">{request.method}</span> {request.event_type ?? t('noEvent')}
          </span>
          <time dateTime={request.received_at} className="shrink-0 text-muted text-xs tabular-nums">
            {time}
          </time>
        </span>
        <span className="flex flex-wrap items-center gap-1.5">
          <AnswerBadge request={request} />
          {request.attempt > 1 && <Badge tone="warning">{t('attempt', { attempt: request.attempt })}</Badge>}
          <span className="ml-auto flex items-center gap-2.5 text-xs">
            <VerdictMark label="Standard" verdict={request.standard_signature} />
            <VerdictMark label="X-Webhook" verdict={request.seed_signature} />
          </span>
        </span>
      </button>
    </li>
  );
}
