'use client';

import { useQuery } from '@tanstack/react-query';
import { CalendarDays, Cog, FolderOpen, type LucideIcon, Shapes, Users } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useQueryState } from 'nuqs';
import { useEffect, useRef } from 'react';
import { webhookOptionsQuery } from '@/lib/api/events';
import { eventTypesQuery } from '@/lib/api/eventTypes';
import { ErrorState } from '../shell/ErrorState';
import { Skeleton } from '../ui/Skeleton';
import { catalogue } from './catalogueEntry';
import { EventTypeItem } from './EventTypeItem';

const icons = new Map<string, LucideIcon>([
  ['lead', Users],
  ['appointment', CalendarDays],
  ['file', FolderOpen],
  ['webhook', Cog],
]);

/** Every event type of the registry by kind; the open one is in the URL. */
export function EventCatalogue() {
  const t = useTranslations('events');
  const locale = useLocale();
  const types = useQuery(eventTypesQuery);
  const [open, setOpen] = useQueryState('type');
  const list = useRef<HTMLDivElement>(null);
  const webhooks = useQuery(webhookOptionsQuery);
  // A link to one type goes to it; opening one by hand does not move the page.
  useEffect(() => {
    const named = new URLSearchParams(window.location.search).get('type');
    if (named)
      list.current?.querySelector(`[id="${CSS.escape(named)}"]`)?.scrollIntoView({ block: 'center' });
  }, []);
  if (!types.data) {
    if (types.error) return <ErrorState error={types.error} onRetry={() => types.refetch()} />;
    return <Skeleton className="h-96" />;
  }
  return (
    <div ref={list} className="flex flex-col gap-8">
      {catalogue(types.data, locale).map(({ kind, label, entries }) => {
        const Icon = icons.get(kind) ?? Shapes;
        return (
          <section key={kind} aria-labelledby={`group-${kind}`} className="flex flex-col gap-3">
            <h2 id={`group-${kind}`} className="flex items-center gap-2 text-base">
              <Icon aria-hidden className="size-4 text-muted" />
              {label}
              <span className="font-normal text-muted text-xs">{t('count', { count: entries.length })}</span>
            </h2>
            <ul className="divide-y overflow-hidden rounded-lg border bg-raised shadow-xs">
              {entries.map((entry) => (
                <EventTypeItem
                  key={entry.type.name}
                  entry={entry}
                  open={open === entry.type.name}
                  onToggle={() => setOpen(open === entry.type.name ? null : entry.type.name)}
                  webhooks={webhooks}
                />
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}
