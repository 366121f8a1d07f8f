'use client';

import { useQuery } from '@tanstack/react-query';
import { CalendarDays, Cog, FolderOpen, type LucideIcon, Users } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useQueryState } from 'nuqs';
import { useEffect, useRef } from 'react';
import { webhookOptionsQuery } from '@/lib/api/events';
import type { EventGroup } from '@/lib/domain/eventTypes';
import type { CatalogueGroup } from './catalogueEntry';
import { EventTypeItem } from './EventTypeItem';

const icons: Record<EventGroup, LucideIcon> = {
  lead: Users,
  appointment: CalendarDays,
  file: FolderOpen,
  system: Cog,
};

/** Every event type by family; the open one is in the URL. */
export function EventCatalogue({ groups }: { groups: readonly CatalogueGroup[] }) {
  const t = useTranslations('events');
  const [open, setOpen] = useQueryState('type');
  const list = useRef<HTMLDivElement>(null);
  const webhooks = useQuery(webhookOptionsQuery);
  // A link to one type goes to it; opening one by hand does not move the page.
  useEffect(() => {
    const named = new URLSearchParams(window.location.search).get('type');
    if (named)
      list.current?.querySelector(`[id="${CSS.escape(named)}"]`)?.scrollIntoView({ block: 'center' });
  }, []);
  return (
    <div ref={list} className="flex flex-col gap-8">
      {groups.map(({ group, label, entries }) => {
        const Icon = icons[group];
        return (
          <section key={group} aria-labelledby={`group-${group}`} className="flex flex-col gap-3">
            <h2 id={`group-${group}`} className="flex items-center gap-2 text-base">
              <Icon aria-hidden className="size-4 text-muted" />
              {label}
              <span className="font-normal text-muted text-xs">{t('count', { count: entries.length })}</span>
            </h2>
            <ul className="divide-y overflow-hidden rounded-lg border bg-raised shadow-xs">
              {entries.map((entry) => (
                <EventTypeItem
                  key={entry.name}
                  entry={entry}
                  open={open === entry.name}
                  onToggle={() => setOpen(open === entry.name ? null : entry.name)}
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
