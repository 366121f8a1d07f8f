'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useFormatter, useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { deliveryListQuery, deliveryQuery } from '@/lib/api/deliveries';
import {
  type SubscribableEventType,
  subscribableEventNames,
  subscribableEventTypes,
} from '@/lib/domain/eventTypes';
import type { SelectOption } from '../../ui/Select';

const recent = 20;
const deliveryPrefix = 'delivery:';

/** The samples to try a script with: the catalogue's, and the webhook's recent deliveries. */
export function useTransformSample(events: readonly string[], webhookId: string | undefined) {
  const t = useTranslations('webhooks.transform');
  const locale = useLocale();
  const format = useFormatter();
  const own = subscribableEventNames.filter((name) => events.includes(name));
  const others = subscribableEventNames.filter((name) => !events.includes(name));
  const [chosen, choose] = useState<string>();
  const value = chosen ?? own[0] ?? subscribableEventNames[0];
  const past = useInfiniteQuery({
    ...deliveryListQuery({ webhook_id: webhookId }, recent),
    enabled: webhookId !== undefined,
    refetchInterval: false,
  });
  const deliveryId = value.startsWith(deliveryPrefix) ? value.slice(deliveryPrefix.length) : undefined;
  const detail = useQuery({ ...deliveryQuery(deliveryId ?? ''), enabled: deliveryId !== undefined });
  const deliveries = past.data?.pages[0]?.items ?? [];
  const options: SelectOption[] = [
    ...[...own, ...others].map((name) => ({
      value: name,
      label: `${name} · ${subscribableEventTypes[name].label[locale]}`,
      group: t('samples'),
    })),
    ...deliveries.map((delivery) => ({
      value: deliveryPrefix + delivery.id,
      label: t('pastItem', {
        event: delivery.event_type,
        when: format.dateTime(new Date(delivery.created_at), { dateStyle: 'short', timeStyle: 'medium' }),
      }),
      group: t('past'),
    })),
  ];
  const payload: unknown = deliveryId
    ? detail.data?.event?.payload
    : subscribableEventTypes[value as SubscribableEventType].sample;
  const input = deliveryId
    ? { delivery_id: deliveryId }
    : { event_type: value, payload: subscribableEventTypes[value as SubscribableEventType].sample };
  return {
    value,
    choose,
    chooseDelivery: (id: string) => choose(deliveryPrefix + id),
    options,
    deliveries,
    payload,
    eventType: deliveryId ? (detail.data?.event_type ?? '') : value,
    /** When it happened, ISO 8601; null for the catalogue's samples. */
    occurredAt: deliveryId ? (detail.data?.event?.occurred_at ?? null) : null,
    input,
    loading: deliveryId !== undefined && detail.isPending,
  };
}
