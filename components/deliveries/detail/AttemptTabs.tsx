'use client';

import { useTranslations } from 'next-intl';
import type { Attempt, DeliveryDetail } from '@/lib/domain/delivery';
import { Badge } from '../../ui/Badge';
import { Tabs } from '../../ui/Tabs';
import { BodyView } from './BodyView';
import { CompareAttempts } from './CompareAttempts';
import { ConsoleLines } from './ConsoleLines';
import { HeaderList } from './HeaderList';
import { HttpStatus } from './HttpStatus';
import { Nothing } from './Nothing';
import { TransformDiff } from './TransformDiff';

type AttemptTabsProps = { delivery: DeliveryDetail; attempt: Attempt | undefined };

/** What was said: the request and the answer of one attempt, and how the payload came to be. */
export function AttemptTabs({ delivery, attempt }: AttemptTabsProps) {
  const t = useTranslations('deliveries.tabs');
  const lines = attempt?.console?.length ?? 0;
  const empty = t(delivery.event?.erased_at ? 'erased' : 'emptyBody');
  return (
    <section aria-labelledby="attempt-title" className="flex min-w-0 flex-col gap-2">
      <h3 id="attempt-title" className="text-sm">
        {attempt ? t('title', { number: attempt.attempt, count: delivery.attempts.length }) : t('titleNone')}
      </h3>
      <Tabs
        aria-label={t('label')}
        className="min-w-0"
        defaultValue={attempt?.response_status != null ? 'response' : attempt ? 'request' : 'payload'}
        items={[
          { value: 'request', label: t('request'), content: <RequestPane attempt={attempt} empty={empty} /> },
          {
            value: 'response',
            label: t('response'),
            content: <ResponsePane attempt={attempt} empty={empty} />,
          },
          { value: 'payload', label: t('payload'), content: <PayloadPane delivery={delivery} /> },
          {
            value: 'transform',
            label: t('transform'),
            content: <TransformDiff delivery={delivery} attempt={attempt} />,
          },
          {
            value: 'console',
            label: (
              <span className="inline-flex items-center gap-1.5">
                {t('console')}
                {lines > 0 && <Badge className="h-4.5 px-1 text-2xs">{lines}</Badge>}
              </span>
            ),
            content: <ConsoleLines lines={attempt?.console ?? []} />,
          },
          ...(attempt && delivery.attempts.length > 1
            ? [
                {
                  value: 'compare',
                  label: t('compare'),
                  content: <CompareAttempts attempts={delivery.attempts} attempt={attempt} />,
                },
              ]
            : []),
        ]}
      />
    </section>
  );
}

type PaneProps = {
  attempt: Attempt | undefined;
  /** What stands where there is no body. */
  empty: string;
};

function RequestPane({ attempt, empty }: PaneProps) {
  const t = useTranslations('deliveries.tabs');
  if (!attempt) return <Nothing>{t('notYet')}</Nothing>;
  if (attempt.request_url === null) return <Nothing>{t('nothingSent')}</Nothing>;
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <p className="wrap-anywhere flex items-baseline gap-2 font-mono text-xs">
        <Badge mono>POST</Badge>
        {attempt.request_url}
      </p>
      <HeaderList label={t('requestHeaders')} headers={attempt.request_headers} />
      <BodyView label={t('requestBody')} text={attempt.request_body} empty={empty} />
    </div>
  );
}

function ResponsePane({ attempt, empty }: PaneProps) {
  const t = useTranslations('deliveries.tabs');
  if (!attempt) return <Nothing>{t('notYet')}</Nothing>;
  if (attempt.request_url === null) return <Nothing>{t('nothingSent')}</Nothing>;
  if (attempt.response_status === null) return <Nothing>{t('noResponse')}</Nothing>;
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <p className="flex items-center gap-2 text-sm">
        <HttpStatus status={attempt.response_status} />
        {t('answered')}
      </p>
      <HeaderList label={t('responseHeaders')} headers={attempt.response_headers} />
      <BodyView label={t('responseBody')} text={attempt.response_body} empty={empty} size={sizeOf(attempt)} />
      {attempt.response_truncated && <p className="text-muted text-xs">{t('truncated')}</p>}
    </div>
  );
}

function PayloadPane({ delivery }: { delivery: DeliveryDetail }) {
  const t = useTranslations('deliveries.tabs');
  if (!delivery.event) return <Nothing>{t('payloadGone')}</Nothing>;
  return (
    <BodyView
      label={t('payload')}
      text={JSON.stringify(delivery.event.payload)}
      empty={t('emptyBody')}
      labelHidden
    />
  );
}

/** What the answer said of its own size; only of one that is not compressed. */
function sizeOf({ response_headers: headers }: Attempt): number | undefined {
  const length = Number(headers?.['content-length']);
  return headers?.['content-encoding'] || !Number.isSafeInteger(length) ? undefined : length;
}
