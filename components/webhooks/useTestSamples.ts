'use client';

import { useLocale, useTranslations } from 'next-intl';
import { eventTypes, testEventType, webhookEventTypes } from '@/lib/domain/eventTypes';
import type { SelectOption } from '../ui/Select';

/** The choice that stands for the plain test message. */
export const testSample = testEventType;

/** What a test can send: the test message, the webhook's own events, then the others. */
export function useTestSamples(events: readonly string[]): SelectOption[] {
  const t = useTranslations('webhooks.test');
  const locale = useLocale();
  const option = (name: (typeof webhookEventTypes)[number], group: string): SelectOption => ({
    value: name,
    label: `${name} · ${eventTypes[name].label[locale]}`,
    group,
  });
  const own = webhookEventTypes.filter((name) => events.includes(name));
  const others = webhookEventTypes.filter((name) => !events.includes(name));
  return [
    { value: testSample, label: t('plain') },
    ...own.map((name) => option(name, t('subscribed'))),
    ...others.map((name) => option(name, t('others'))),
  ];
}
