'use client';

import { Inbox } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { parseAsBoolean, parseAsString, useQueryStates } from 'nuqs';
import { journalCsvPath } from '@/lib/api/journal';
import { CsvLink } from '../ui/CsvLink';
import { EmptyState } from '../ui/EmptyState';
import { SegmentedControl } from '../ui/SegmentedControl';
import { Select } from '../ui/Select';
import { JournalList } from './JournalList';

const any = '*';

/** Every event, whoever listened; what it is narrowed by is in the address. */
export function Journal({ types }: { types: readonly string[] }) {
  const t = useTranslations('events.journal');
  const [{ type, unheard }, set] = useQueryStates({
    type: parseAsString,
    unheard: parseAsBoolean.withDefault(false),
  });
  const shown = type === null || types.includes(type) ? types : [...types, type];
  const choice = { type: type ?? undefined, unheard };
  return (
    <div className="flex flex-col gap-4">
      <search aria-label={t('filters')} className="flex flex-wrap items-center gap-3">
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
          options={[{ value: any, label: t('allTypes') }, ...shown.map((value) => ({ value, label: value }))]}
        />
        <CsvLink href={journalCsvPath(choice)} />
      </search>
      <JournalList
        key={`${type} ${unheard}`}
        choice={choice}
        empty={<EmptyState icon={Inbox} title={t('emptyTitle')} description={t('emptyText')} />}
      />
    </div>
  );
}
