'use client';

import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { deliveriesCsvPath } from '@/lib/api/deliveries';
import type { WebhookOption } from '@/lib/api/events';
import { eventTypesQuery } from '@/lib/api/eventTypes';
import { kindOf } from '@/lib/domain/eventName';
import { useSearchText } from '../../shell/useSearchText';
import { Button } from '../../ui/Button';
import { CsvLink } from '../../ui/CsvLink';
import { cn } from '../../ui/cn';
import { SearchInput } from '../../ui/SearchInput';
import { SegmentedControl } from '../../ui/SegmentedControl';
import { Select } from '../../ui/Select';
import { CustomPeriod } from './CustomPeriod';
import { type PeriodChoice, periods, statusViews } from './deliveryParams';
import { filterSelectClass } from './filterSelectClass';
import { OutcomeFilters } from './OutcomeFilters';
import { SavedViews } from './SavedViews';
import type { DeliveryFilters } from './useDeliveryFilters';
import { useWebhookNames } from './useWebhookNames';

export type EventTypeOption = { value: string; label: string; group?: string };

type DeliveryFilterBarProps = {
  filters: DeliveryFilters;
  /** Those that come with the product; those of one's own are asked for. */
  eventTypes: readonly EventTypeOption[];
  /** To choose from; undefined where the webhook is given, or while loading. */
  webhooks: readonly WebhookOption[] | undefined;
  actions: ReactNode;
};

const any = '*';

export function DeliveryFilterBar({ filters, eventTypes, webhooks, actions }: DeliveryFilterBarProps) {
  const t = useTranslations('deliveries.filters');
  const registered = useQuery(eventTypesQuery).data ?? [];
  const types = [
    ...eventTypes,
    ...registered
      .filter(({ name }) => !eventTypes.some(({ value }) => value === name))
      .map(({ name }) => ({ value: name, label: name, group: kindOf(name) })),
  ];
  return (
    <search aria-label={t('label')} className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <SegmentedControl
          aria-label={t('status')}
          value={filters.status}
          onValueChange={(status) => filters.set({ status: status === 'all' ? undefined : status })}
          options={statusViews.map((value) => ({ value, label: t(`statuses.${value}`) }))}
        />
        <SearchText key={`search ${filters.cleared}`} filters={filters} />
        <div className="flex items-center gap-1">
          <SavedViews filters={filters} />
          <CsvLink href={deliveriesCsvPath(filters.filter)} />
        </div>
        {actions}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {webhooks && <WebhookSelect filters={filters} webhooks={webhooks} />}
        <Select
          aria-label={t('eventType')}
          className={cn(filterSelectClass, 'md:w-48')}
          value={filters.eventType ?? any}
          onValueChange={(type) => filters.set({ event_type: type === any ? undefined : type })}
          options={[{ value: any, label: t('allEvents') }, ...withChosen(types, filters.eventType)]}
        />
        <Select
          aria-label={t('period')}
          className={cn(filterSelectClass, 'md:w-44')}
          value={filters.period}
          onValueChange={(period) => filters.choosePeriod(period as PeriodChoice)}
          options={(['all', ...periods, 'custom'] as const).map((value) => ({
            value,
            label: t(`periods.${value}`),
          }))}
        />
        <OutcomeFilters filters={filters} />
        {filters.recordId && (
          <Button size="sm" onClick={() => filters.set({ record_id: undefined })}>
            <span className="max-w-56 truncate">{t('record', { id: filters.recordId })}</span>
            <X aria-hidden />
            <span className="sr-only">{t('clearOne')}</span>
          </Button>
        )}
        {filters.narrowed && (
          <Button variant="ghost" size="sm" onClick={filters.clear}>
            <X aria-hidden />
            {t('clear')}
          </Button>
        )}
      </div>
      {filters.period === 'custom' && (
        <CustomPeriod
          key={`period ${filters.cleared}`}
          from={filters.from}
          to={filters.to}
          onChange={(changed) => filters.set({ period: 'custom', ...changed })}
        />
      )}
    </search>
  );
}

function WebhookSelect({
  filters,
  webhooks,
}: {
  filters: DeliveryFilters;
  webhooks: readonly WebhookOption[];
}) {
  const t = useTranslations('deliveries.filters');
  const { webhookId } = filters;
  const unlisted = webhookId !== undefined && !webhooks.some(({ id }) => id === webhookId) ? [webhookId] : [];
  const names = useWebhookNames(unlisted);
  const nameOf = (id: string) => {
    const name = names.get(id);
    // Not listed is not deleted: the list may be too short for all of them.
    return name === null ? t('deletedWebhook') : (name ?? id);
  };
  return (
    <Select
      aria-label={t('webhook')}
      className={cn(filterSelectClass, 'md:w-44')}
      value={webhookId ?? any}
      onValueChange={(id) => filters.set({ webhook_id: id === any ? undefined : id })}
      options={[
        { value: any, label: t('allWebhooks') },
        ...webhooks.map(({ id, name }) => ({ value: id, label: name })),
        ...unlisted.map((id) => ({ value: id, label: nameOf(id) })),
      ]}
    />
  );
}

function SearchText({ filters }: { filters: DeliveryFilters }) {
  const t = useTranslations('deliveries.filters');
  const search = useSearchText(filters.q, (q) => filters.set({ q }));
  return (
    <div data-delivery-search className="min-w-56 flex-1 max-md:basis-full">
      <SearchInput label={t('search')} {...search} className="w-full" />
    </div>
  );
}

/** An event type that left the catalogue is still in the log, and in links. */
function withChosen(types: readonly EventTypeOption[], chosen: string | undefined): EventTypeOption[] {
  if (chosen === undefined || types.some(({ value }) => value === chosen)) return [...types];
  return [...types, { value: chosen, label: chosen }];
}
