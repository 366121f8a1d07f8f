'use client';

import { useQuery } from '@tanstack/react-query';
import { useFormatter, useTranslations } from 'next-intl';
import { useState } from 'react';
import { deliveryQuery } from '@/lib/api/deliveries';
import { journalEventQuery } from '@/lib/api/journal';
import { listensTo } from '@/lib/domain/eventName';
import { useEventTypes } from '../../events/useEventTypes';
import type { SelectOption } from '../../ui/Select';
import { type PastEvent, usePastEvents } from './usePastEvents';

const pastPrefix = 'past:';

/** The samples to try a script with: those of the event types, and what happened lately. */
export function useTransformSample(events: readonly string[], webhookId: string | undefined) {
  const t = useTranslations('webhooks.transform');
  const format = useFormatter();
  const types = useEventTypes()
    .filter(({ sample }) => sample != null)
    .sort((a, b) => Number(listensTo(events, b.name)) - Number(listensTo(events, a.name)));
  const [chosen, choose] = useState<string>();
  const past = usePastEvents(events, webhookId);
  const first = types[0]?.name ?? '';
  // What is no longer listened to may have gone from the list.
  const isThere =
    chosen !== undefined && (!chosen.startsWith(pastPrefix) || past.items.some(isChosen(chosen)));
  const value = isThere ? chosen : first;
  const item = past.items.find(isChosen(value));
  const stored = useStoredEvent(item);
  const options: SelectOption[] = [
    ...types.map(({ name, label }) => ({
      value: name,
      label: `${name} · ${label}`,
      group: t('samples'),
    })),
    ...past.items.map(({ id, event_type, at }) => ({
      value: pastPrefix + id,
      label: t('pastItem', {
        event: event_type,
        when: format.dateTime(new Date(at), { dateStyle: 'short', timeStyle: 'medium' }),
      }),
      group: t(past.from === 'deliveries' ? 'past' : 'pastEvents'),
    })),
  ];
  const sample = types.find(({ name }) => name === (item ? first : value))?.sample;
  return {
    value,
    choose,
    choosePast: (id: string) => choose(pastPrefix + id),
    options,
    past: past.items,
    payload: item ? stored.payload : sample,
    eventType: item ? item.event_type : value,
    /** When it happened, ISO 8601; null for samples. */
    occurredAt: item ? stored.occurredAt : null,
    input: item ? item.source : { event_type: value, payload: sample },
    loading: item !== undefined && stored.isPending,
  };
}

const isChosen = (value: string) => (item: PastEvent) => pastPrefix + item.id === value;

/** The event behind one of them, payload and all. */
function useStoredEvent(item: PastEvent | undefined) {
  const deliveryId = item && 'delivery_id' in item.source ? item.source.delivery_id : undefined;
  const eventId = item && 'event_id' in item.source ? item.source.event_id : undefined;
  const delivery = useQuery({ ...deliveryQuery(deliveryId ?? ''), enabled: deliveryId !== undefined });
  const event = useQuery({ ...journalEventQuery(eventId ?? ''), enabled: eventId !== undefined });
  const found = deliveryId ? delivery.data?.event : eventId ? event.data : undefined;
  return {
    payload: found?.payload as unknown,
    occurredAt: found?.occurred_at ?? null,
    isPending: deliveryId ? delivery.isPending : event.isPending,
  };
}
