'use client';

import { Inbox } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { parseAsBoolean, useQueryStates } from 'nuqs';
import { useMemo } from 'react';
import { journalCsvPath } from '@/lib/api/journal';
import { CustomPeriod } from '../deliveries/list/CustomPeriod';
import {
  chosenPeriod,
  deliveryParsers,
  type PeriodChoice,
  periodOf,
  periods,
  startOf,
} from '../deliveries/list/deliveryParams';
import { useEventTypes } from '../events/useEventTypes';
import { CsvLink } from '../ui/CsvLink';
import { EmptyState } from '../ui/EmptyState';
import { SegmentedControl } from '../ui/SegmentedControl';
import { Select } from '../ui/Select';
import { JournalList } from './JournalList';

const any = '*';
const parsers = {
  type: deliveryParsers.event_type,
  unheard: parseAsBoolean.withDefault(false),
  period: deliveryParsers.period,
  from: deliveryParsers.from,
  to: deliveryParsers.to,
};

/** Every event, whoever listened; what it is narrowed by is in the address. */
export function Journal() {
  const t = useTranslations('events.journal');
  const words = useTranslations('deliveries.filters');
  const [{ type, unheard, ...address }, set] = useQueryStates(parsers);
  const period = periodOf(address);
  // A preset starts where it was chosen, so that the question stays the same while the list is open.
  const presetStart = useMemo(() => startOf(period, Date.now()), [period]);
  const custom = period === 'custom';
  const choice = {
    type: type ?? undefined,
    unheard,
    since: custom ? (address.from ?? undefined) : presetStart,
    until: custom ? (address.to ?? undefined) : undefined,
  };
  const registered = useEventTypes().map(({ name }) => name);
  // A type that left the registry, or tests have, is in the journal all the same, and in links.
  const types = type === null || registered.includes(type) ? registered : [...registered, type];
  return (
    <div className="flex flex-col gap-4">
      <search aria-label={t('filters')} className="flex flex-col gap-3">
        <div className="flex flex-wrap items-center gap-3">
          <SegmentedControl
            aria-label={t('which')}
            value={unheard ? 'unheard' : 'all'}
            onValueChange={(value) => set({ unheard: value === 'unheard' ? true : null })}
            options={(['all', 'unheard'] as const).map((value) => ({ value, label: t(`views.${value}`) }))}
          />
          <Select
            aria-label={t('type')}
            className="w-full sm:w-56"
            value={type ?? any}
            onValueChange={(value) => set({ type: value === any ? null : value })}
            options={[
              { value: any, label: t('allTypes') },
              ...types.map((value) => ({ value, label: value })),
            ]}
          />
          <Select
            aria-label={words('period')}
            className="w-full sm:w-44"
            value={period}
            onValueChange={(value) => set(chosenPeriod(value as PeriodChoice, address, Date.now()))}
            options={(['all', ...periods, 'custom'] as const).map((value) => ({
              value,
              label: words(`periods.${value}`),
            }))}
          />
          <CsvLink href={journalCsvPath(choice)} />
        </div>
        {custom && (
          <CustomPeriod
            from={choice.since}
            to={choice.until}
            onChange={(changed) =>
              set({
                period: 'custom',
                ...('from' in changed ? { from: changed.from ?? null } : {}),
                ...('to' in changed ? { to: changed.to ?? null } : {}),
              })
            }
          />
        )}
      </search>
      <JournalList
        key={JSON.stringify(choice)}
        choice={choice}
        empty={<EmptyState icon={Inbox} title={t('emptyTitle')} description={t('emptyText')} />}
      />
    </div>
  );
}
