'use client';

import { useTranslations } from 'next-intl';
import { useId } from 'react';
import { listensTo, patternOf } from '@/lib/domain/eventName';
import type { EventTypeChoice } from '../../events/useEventTypes';
import { Badge } from '../../ui/Badge';
import { Checkbox } from '../../ui/Checkbox';
import { EventCheckbox } from './EventCheckbox';

type EventTreeGroupProps = {
  kind: string;
  /** What people call the kind. */
  label: string;
  /** The types of the kind that the search left. */
  types: readonly EventTypeChoice[];
  chosen: readonly string[];
  onToggle: (names: readonly string[], on: boolean) => void;
};

/** The types of a kind, and the pattern that stands for all of them. */
export function EventTreeGroup({ kind, label, types, chosen, onToggle }: EventTreeGroupProps) {
  const t = useTranslations('webhooks.form');
  const id = useId();
  if (types.length === 0) return null;
  const pattern = patternOf(kind);
  const names = types.map(({ name }) => name);
  const isTaken = (name: string) => !chosen.includes(name) && listensTo(chosen, name);
  const selected = names.filter((name) => listensTo(chosen, name)).length;
  const all = selected === names.length;
  return (
    <div className="mb-3 break-inside-avoid overflow-hidden rounded-lg border bg-raised">
      <label htmlFor={id} className="flex cursor-pointer items-center gap-3 border-b bg-sunken px-3 py-2.5">
        <Checkbox
          id={id}
          checked={all ? true : selected > 0 ? 'indeterminate' : false}
          disabled={!chosen.includes(pattern) && names.every(isTaken)}
          onCheckedChange={() => onToggle(all ? [...names, pattern] : names, !all)}
          aria-label={t('eventGroup', { group: label, selected, total: names.length })}
        />
        <span className="wrap-anywhere flex-1 font-medium text-sm">{label}</span>
        <span className="text-muted text-xs tabular-nums">
          {selected}/{names.length}
        </span>
      </label>
      <ul className="flex flex-col py-1">
        {types.map(({ name, label, deprecated }) => (
          <li key={name}>
            <EventCheckbox
              name={name}
              label={label}
              checked={chosen.includes(name)}
              taken={isTaken(name)}
              badge={deprecated && <Badge tone="warning">{t('eventDeprecated')}</Badge>}
              onToggle={(on) => onToggle([name], on)}
            />
          </li>
        ))}
        <li>
          <EventCheckbox
            name={pattern}
            label={t('eventPattern')}
            checked={chosen.includes(pattern)}
            onToggle={(on) => onToggle([pattern], on)}
          />
        </li>
      </ul>
    </div>
  );
}
