'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useId } from 'react';
import {
  type EventGroup,
  eventGroups,
  type SubscribableEventType,
  subscribableEventTypes,
} from '@/lib/domain/eventTypes';
import { Checkbox } from '../../ui/Checkbox';

type EventTreeGroupProps = {
  group: EventGroup;
  /** The events of the group that the search left. */
  names: readonly SubscribableEventType[];
  chosen: readonly SubscribableEventType[];
  onToggle: (names: readonly SubscribableEventType[], on: boolean) => void;
};

export function EventTreeGroup({ group, names, chosen, onToggle }: EventTreeGroupProps) {
  const t = useTranslations('webhooks.form');
  const locale = useLocale();
  const id = useId();
  const selected = names.filter((name) => chosen.includes(name)).length;
  if (names.length === 0) return null;
  const label = eventGroups[group][locale];
  const all = selected === names.length;
  return (
    <div className="mb-3 break-inside-avoid overflow-hidden rounded-lg border bg-raised">
      <label htmlFor={id} className="flex cursor-pointer items-center gap-3 border-b bg-sunken px-3 py-2.5">
        <Checkbox
          id={id}
          checked={all ? true : selected > 0 ? 'indeterminate' : false}
          onCheckedChange={() => onToggle(names, !all)}
          aria-label={t('eventGroup', { group: label, selected, total: names.length })}
        />
        <span className="flex-1 font-medium text-sm">{label}</span>
        <span className="text-muted text-xs tabular-nums">
          {selected}/{names.length}
        </span>
      </label>
      <ul className="flex flex-col py-1">
        {names.map((name) => (
          <EventRow
            key={name}
            name={name}
            checked={chosen.includes(name)}
            onToggle={(on) => onToggle([name], on)}
          />
        ))}
      </ul>
    </div>
  );
}

type EventRowProps = { name: SubscribableEventType; checked: boolean; onToggle: (on: boolean) => void };

function EventRow({ name, checked, onToggle }: EventRowProps) {
  const locale = useLocale();
  const id = useId();
  return (
    <li>
      <label htmlFor={id} className="flex cursor-pointer items-start gap-3 px-3 py-1.5 hover:bg-hover">
        <Checkbox
          id={id}
          className="mt-0.5"
          checked={checked}
          onCheckedChange={(on) => onToggle(on === true)}
        />
        <span className="flex min-w-0 flex-col">
          <span className="text-sm">{subscribableEventTypes[name].label[locale]}</span>
          <span className="font-mono text-2xs text-muted">{name}</span>
        </span>
      </label>
    </li>
  );
}
