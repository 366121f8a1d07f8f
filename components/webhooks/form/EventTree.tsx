'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import {
  type EventGroup,
  eventGroups,
  type SubscribableEventType,
  subscribableEventNames,
  subscribableEventTypes,
} from '@/lib/domain/eventTypes';
import { Button } from '../../ui/Button';
import { FieldError } from '../../ui/Field';
import { SearchInput } from '../../ui/SearchInput';
import { EventTreeGroup } from './EventTreeGroup';

type EventTreeProps = {
  value: readonly SubscribableEventType[];
  onChange: (events: SubscribableEventType[]) => void;
  error?: string;
};

/** The catalogue as a tree of groups: search, tick one by one, by group, or all. */
export function EventTree({ value, onChange, error }: EventTreeProps) {
  const t = useTranslations('webhooks.form');
  const locale = useLocale();
  const id = useId();
  const [q, setQ] = useState('');
  const found = subscribableEventNames.filter((name) => matches(name, q.trim().toLowerCase(), locale));
  const set = (names: readonly SubscribableEventType[], on: boolean) => {
    const chosen = new Set(value);
    for (const name of names) on ? chosen.add(name) : chosen.delete(name);
    onChange(subscribableEventNames.filter((name) => chosen.has(name)));
  };
  const all = value.length === subscribableEventNames.length;
  return (
    <fieldset aria-describedby={error ? id : undefined} className="flex min-w-0 flex-col gap-3">
      <legend className="sr-only">{t('events')}</legend>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <SearchInput label={t('eventSearch')} value={q} onValueChange={setQ} className="w-full sm:w-64" />
        <p aria-live="polite" className="text-muted text-xs">
          {t('eventSelected', { count: value.length })}
        </p>
        <Button variant="link" className="ml-auto text-xs" onClick={() => set(subscribableEventNames, !all)}>
          {t(all ? 'eventNothing' : 'eventAll')}
        </Button>
      </div>
      {found.length === 0 ? (
        <p className="rounded-lg border border-dashed px-4 py-6 text-center text-muted text-sm">
          {t('eventNone', { q: q.trim() })}
        </p>
      ) : (
        <div className="gap-3 md:columns-2 xl:columns-3">
          {(Object.keys(eventGroups) as EventGroup[]).map((group) => (
            <EventTreeGroup
              key={group}
              group={group}
              names={found.filter((name) => subscribableEventTypes[name].group === group)}
              chosen={value}
              onToggle={set}
            />
          ))}
        </div>
      )}
      <FieldError id={id} error={error} />
    </fieldset>
  );
}

function matches(name: SubscribableEventType, q: string, locale: 'fr' | 'en'): boolean {
  const { label, description, group } = subscribableEventTypes[name];
  const text = [name, label[locale], description[locale], eventGroups[group][locale]].join(' ');
  return text.toLowerCase().includes(q);
}
