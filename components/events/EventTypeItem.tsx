'use client';

import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, useId } from 'react';
import { mostOptions, type WebhookOption } from '@/lib/api/events';
import { sessionQuery } from '@/lib/api/session';
import { listensTo } from '@/lib/domain/eventName';
import { Badge } from '../ui/Badge';
import { CodeBlock } from '../ui/CodeBlock';
import { cn } from '../ui/cn';
import { Skeleton } from '../ui/Skeleton';
import type { CatalogueEntry } from './catalogueEntry';
import { EventListeners } from './EventListeners';
import { EventTypeActions } from './EventTypeActions';
import { SchemaTree } from './SchemaTree';
import { schemaTree } from './schemaTree';
import { TriggerSample } from './TriggerSample';

type EventTypeItemProps = {
  entry: CatalogueEntry;
  open: boolean;
  onToggle: () => void;
  webhooks: UseQueryResult<WebhookOption[]>;
};

/** One event type: a line that opens to its data, its sample, its listeners and a trigger. */
export function EventTypeItem({ entry, open, onToggle, webhooks }: EventTypeItemProps) {
  const t = useTranslations('events');
  const panel = useId();
  const admin = useQuery(sessionQuery).data?.role === 'admin';
  const { name, schema, schema_mode, sample, label_paths, source, deprecated_at } = entry.type;
  const listeners = webhooks.data?.filter((webhook) => listensTo(webhook.events, name));
  // Where there may be more webhooks than were asked for, nobody counted them.
  const counted = webhooks.data !== undefined && webhooks.data.length < mostOptions;
  const active = counted ? listeners?.filter((webhook) => webhook.status === 'active').length : undefined;
  return (
    <li id={name}>
      <h3 className="font-normal">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={panel}
          onClick={onToggle}
          className="flex w-full items-center gap-3 px-4 py-3 text-left transition-colors hover:bg-hover focus-visible:-outline-offset-2"
        >
          <ChevronRight
            aria-hidden
            className={cn('size-4 shrink-0 text-muted transition-transform', open && 'rotate-90')}
          />
          <span className="flex min-w-0 flex-1 flex-col gap-0.5 sm:flex-row sm:items-baseline sm:gap-3">
            <span className="wrap-anywhere shrink-0 font-medium text-sm max-sm:max-w-full sm:w-44">
              {entry.label}
            </span>
            <span className="wrap-anywhere shrink-0 font-mono text-muted text-xs max-sm:max-w-full sm:w-52">
              {name}
            </span>
            {deprecated_at !== null && (
              <Badge tone="warning" className="self-start">
                {t('deprecated')}
              </Badge>
            )}
            <span className="min-w-0 text-muted text-sm max-lg:hidden">{entry.description}</span>
          </span>
          {webhooks.isLoading && <Skeleton className="h-4 w-16" />}
          {active !== undefined && (
            <span className={cn('shrink-0 text-xs', active > 0 ? 'text-ink' : 'text-muted')}>
              {t('listening', { count: active })}
            </span>
          )}
        </button>
      </h3>
      {open && (
        <div id={panel} className="grid gap-x-8 gap-y-6 border-t bg-surface p-4 md:p-5 lg:grid-cols-2">
          <div className="flex min-w-0 flex-col gap-5">
            <Part title={t('cause')}>
              <p className="text-sm">{entry.description || t('causeUnsaid')}</p>
              {source && <p className="text-muted text-sm">{t('source', { table: source })}</p>}
            </Part>
            <Part title={t('fields')} hint={schema ? t(`modes.${schema_mode}`) : undefined}>
              {schema ? (
                <div className="rounded-md border bg-raised px-3 py-1">
                  <SchemaTree fields={schemaTree(schema)} label={t('fields')} />
                </div>
              ) : (
                <p className="text-muted text-sm">{t('noSchema')}</p>
              )}
              {label_paths.length > 0 && (
                <p className="wrap-anywhere text-muted text-xs">
                  {t('namedBy', { fields: label_paths.join(', ') })}
                </p>
              )}
            </Part>
            {admin && !entry.ofSystem && <EventTypeActions type={entry.type} />}
          </div>
          <div className="flex min-w-0 flex-col gap-5">
            {sample == null ? (
              <p className="text-muted text-sm">{t('noSample')}</p>
            ) : (
              <Part title={t('sample')} hint={t('sampleHint')}>
                <CodeBlock code={JSON.stringify(sample)} language="json" label={t('sample')} />
              </Part>
            )}
            {entry.ofSystem ? (
              <p className="text-muted text-sm">{t('systemOnly')}</p>
            ) : (
              sample != null && <TriggerSample name={name} sample={sample} active={active} />
            )}
            <Part title={t('listeners')}>
              <EventListeners listeners={listeners} webhooks={webhooks} />
            </Part>
          </div>
        </div>
      )}
    </li>
  );
}

type PartProps = { title: string; hint?: string; children: ReactNode };

function Part({ title, hint, children }: PartProps) {
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <h4 className="font-semibold text-sm">{title}</h4>
        {hint && <p className="text-muted text-xs">{hint}</p>}
      </div>
      {children}
    </div>
  );
}
