'use client';

import { useTranslations } from 'next-intl';
import { retrySchedule } from '@/lib/domain/backoff';
import { buildBody } from '@/lib/domain/envelope';
import type { Webhook } from '@/lib/domain/webhook';
import { Badge } from '../../ui/Badge';
import { CodeBlock } from '../../ui/CodeBlock';
import { useDuration } from '../../ui/useDuration';

/** The settings that decide what is sent, and when. */
export type SendingSettings = Pick<
  Webhook,
  'url' | 'body_format' | 'retry_enabled' | 'max_retries' | 'retry_delay' | 'timeout_ms'
>;

type SendingPaneProps = {
  settings: SendingSettings;
  eventType: string;
  /** ISO 8601. */
  occurredAt: string;
  /** What the script returned. */
  output: unknown;
};

/** The request as it would go out, and when it would be tried. */
export function SendingPane({ settings, eventType, occurredAt, output }: SendingPaneProps) {
  const t = useTranslations('webhooks.transform');
  const body = buildBody({
    format: settings.body_format,
    eventType,
    payload: JSON.stringify(output),
    occurredAt: new Date(occurredAt),
  });
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <p className="wrap-anywhere flex items-baseline gap-2 font-mono text-xs">
        <Badge mono>POST</Badge>
        {settings.url || t('noUrl')}
      </p>
      <CodeBlock code={body} language="json" label={t('sentBody')} className="max-h-60" />
      <Schedule settings={settings} />
    </div>
  );
}

const shownRetries = 5;

function Schedule({ settings }: { settings: SendingSettings }) {
  const t = useTranslations('webhooks.transform');
  const duration = useDuration();
  const { retry_enabled, retry_delay, max_retries, timeout_ms } = settings;
  const waits = retry_enabled ? retrySchedule({ retryDelay: retry_delay, maxRetries: max_retries }) : [];
  const tries = [0, ...waits.map((_, index) => waits.slice(0, index + 1).reduce((sum, wait) => sum + wait))];
  const shown =
    tries.length > shownRetries + 1 ? [...tries.slice(0, shownRetries), tries.at(-1) ?? 0] : tries;
  return (
    <div className="flex flex-col gap-2">
      <p className="font-medium text-sm">{t('schedule')}</p>
      <ol className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
        {shown.map((seconds) => (
          <li key={seconds} className="contents">
            <span className="text-muted tabular-nums">
              {seconds === 0 ? t('atOnce') : `+ ${duration(seconds * 1000)}`}
            </span>
            <span>{t('scheduleTry', { number: tries.indexOf(seconds) + 1 })}</span>
          </li>
        ))}
      </ol>
      <p className="text-muted text-xs">
        {t('scheduleEnd', { count: tries.length, timeout: duration(timeout_ms) })}
      </p>
    </div>
  );
}
