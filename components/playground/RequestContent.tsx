'use client';

import { useTranslations } from 'next-intl';
import { maskedValue } from '@/lib/domain/maskedValue';
import type { InboxRequestDetail } from '@/lib/domain/playground';
import { CodeBlock } from '../ui/CodeBlock';
import { Tabs } from '../ui/Tabs';

/** The body, as JSON and as it came, and the headers. */
export function RequestContent({ request }: { request: InboxRequestDetail }) {
  const t = useTranslations('playground');
  const empty = <p className="text-muted text-sm">{t('emptyBody')}</p>;
  const { body } = request;
  return (
    <Tabs
      aria-label={t('content')}
      items={[
        {
          value: 'pretty',
          label: t('pretty'),
          content: body ? <CodeBlock language="json" label={t('pretty')} code={body} /> : empty,
        },
        {
          value: 'raw',
          label: t('raw'),
          content: body ? (
            <div className="[&_pre]:whitespace-pre-wrap [&_pre]:break-all">
              <CodeBlock label={t('raw')} code={body} />
            </div>
          ) : (
            empty
          ),
        },
        { value: 'headers', label: t('headers'), content: <HeaderTable request={request} /> },
      ]}
    />
  );
}

function HeaderTable({ request }: { request: InboxRequestDetail }) {
  const t = useTranslations('playground');
  const headers = Object.entries(request.headers).sort(([left], [right]) => left.localeCompare(right));
  const masked = headers.some(([, value]) => value === maskedValue);
  return (
    <div className="flex flex-col gap-3">
      <dl className="divide-y rounded-md border">
        {headers.map(([name, value]) => (
          <div key={name} className="grid gap-x-4 px-3.5 py-2 text-xs sm:grid-cols-[13rem_1fr]">
            <dt className="wrap-anywhere font-mono text-muted">{name}</dt>
            <dd className="wrap-anywhere font-mono">
              {value === maskedValue ? (
                <>
                  <span aria-hidden>{value}</span>
                  <span className="sr-only">{t('masked')}</span>
                </>
              ) : (
                value
              )}
            </dd>
          </div>
        ))}
      </dl>
      {masked && <p className="text-muted text-xs">{t('maskedHint')}</p>}
      {request.query && (
        <p className="wrap-anywhere text-muted text-xs">
          {t('query')} <code className="font-mono text-ink">{request.query}</code>
        </p>
      )}
    </div>
  );
}
