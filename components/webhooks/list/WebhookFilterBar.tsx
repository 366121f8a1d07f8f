'use client';

import { useTranslations } from 'next-intl';
import type { WebhookListChoice, WebhookSort, WebhookStateFilter } from '@/lib/domain/webhookList';
import { webhookSorts, webhookStates } from '@/lib/domain/webhookList';
import type { WebhookCounts } from '@/lib/domain/webhookPage';
import { useSearchText } from '../../shell/useSearchText';
import { SearchInput } from '../../ui/SearchInput';
import { SegmentedControl } from '../../ui/SegmentedControl';
import { Select } from '../../ui/Select';

type WebhookFilterBarProps = {
  choice: WebhookListChoice;
  /** Undefined while nobody knows. */
  counts: WebhookCounts | undefined;
  onChange: (change: {
    q?: string | null;
    state?: WebhookStateFilter | null;
    sort?: WebhookSort | null;
  }) => void;
};

/** Which webhooks are shown, how many there are of each state, and in which order. */
export function WebhookFilterBar({ choice, counts, onChange }: WebhookFilterBarProps) {
  const t = useTranslations('webhooks.list');
  const search = useSearchText(choice.q, (q) => onChange({ q: q || null }));
  return (
    <search aria-label={t('filters')} className="flex flex-wrap items-center gap-3">
      <SegmentedControl
        aria-label={t('status')}
        value={choice.state ?? 'all'}
        onValueChange={(state) => onChange({ state: state === 'all' ? null : state })}
        options={(['all', ...webhookStates] as const).map((value) => ({
          value,
          label: counts
            ? t('stateCount', { state: t(`states.${value}`), count: counts[value] })
            : t(`states.${value}`),
        }))}
      />
      <SearchInput label={t('search')} {...search} className="w-full md:w-72" />
      <Select
        aria-label={t('sort')}
        className="w-full sm:w-56 md:ml-auto"
        value={choice.sort}
        onValueChange={(sort) => onChange({ sort: sort as WebhookSort })}
        options={[...webhookSorts]
          .sort((one) => (one === 'trouble' ? -1 : 0))
          .map((value) => ({ value, label: t(`sorts.${value}`) }))}
      />
    </search>
  );
}
