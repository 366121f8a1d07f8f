'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { kindLabel } from '@/lib/domain/eventTypes';
import { type EventTypeChoice, useEventTypes } from '../../events/useEventTypes';
import { Button } from '../../ui/Button';
import { FieldError } from '../../ui/Field';
import { SearchInput } from '../../ui/SearchInput';
import { EventCheckbox } from './EventCheckbox';
import { EventTreeGroup } from './EventTreeGroup';

type EventTreeProps = {
  value: readonly string[];
  onChange: (events: string[]) => void;
  error?: string;
};

const everything = '*';

/** The registry as a tree of kinds: search, tick one by one, by kind, or all; or by patterns, which take in what is to come. */
export function EventTree({ value, onChange, error }: EventTreeProps) {
  const t = useTranslations('webhooks.form');
  const locale = useLocale();
  const id = useId();
  const [q, setQ] = useState('');
  const types = useEventTypes();
  const names = types.map(({ name }) => name);
  const kinds = [...new Set(types.map(({ kind }) => kind))];
  const labelOf = (kind: string) => kindLabel(kind, locale);
  const sought = q.trim().toLowerCase();
  const found = types.filter(({ name, label, description, kind }: EventTypeChoice) =>
    [name, label, description, labelOf(kind)].join(' ').toLowerCase().includes(sought),
  );
  const set = (changed: readonly string[], on: boolean) => {
    const chosen = new Set(value);
    for (const name of changed) on ? chosen.add(name) : chosen.delete(name);
    // In the registry's order; patterns, and what is not registered any more, after it.
    onChange([...names.filter((name) => chosen.delete(name)), ...chosen]);
  };
  const all = names.every((name) => value.includes(name));
  return (
    <fieldset aria-describedby={error ? id : undefined} className="flex min-w-0 flex-col gap-3">
      <legend className="sr-only">{t('events')}</legend>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <SearchInput label={t('eventSearch')} value={q} onValueChange={setQ} className="w-full sm:w-64" />
        <p aria-live="polite" className="text-muted text-xs">
          {t('eventSelected', { count: value.length })}
        </p>
        <Button variant="link" className="ml-auto text-xs" onClick={() => set(names, !all)}>
          {t(all ? 'eventNothing' : 'eventAll')}
        </Button>
      </div>
      {found.length === 0 ? (
        <p className="rounded-lg border border-dashed px-4 py-6 text-center text-muted text-sm">
          {t('eventNone', { q: q.trim() })}
        </p>
      ) : (
        <div className="gap-3 md:columns-2 xl:columns-3">
          {kinds.map((kind) => (
            <EventTreeGroup
              key={kind}
              kind={kind}
              label={labelOf(kind)}
              types={found.filter((type) => type.kind === kind)}
              chosen={value}
              onToggle={set}
            />
          ))}
        </div>
      )}
      <div className="rounded-lg border bg-raised">
        <EventCheckbox
          name={everything}
          label={t('eventEverything')}
          checked={value.includes(everything)}
          onToggle={(on) => set([everything], on)}
        />
      </div>
      <FieldError id={id} error={error} />
    </fieldset>
  );
}
