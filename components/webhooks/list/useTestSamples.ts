'use client';

import { useLocale, useTranslations } from 'next-intl';
import { subscribableEventNames, subscribableEventTypes, testEventType } from '@/lib/domain/eventTypes';
import type { SelectOption } from '../../ui/Select';

/** What a test can send: the test message, the webhook's own events, then the others. */
export function useTestSamples(events: readonly string[]): SelectOption[] {
  const t = useTranslations('webhooks.test');
  const locale = useLocale();
  const option = (name: (typeof subscribableEventNames)[number], group: string): SelectOption => ({
    value: name,
    label: `${name} · ${subscribableEventTypes[name].label[locale]}`,
    group,
  });
  const own = subscribableEventNames.filter((name) => events.includes(name));
  const others = subscribableEventNames.filter((name) => !events.includes(name));
  return [
    { value: testEventType, label: t('plain') },
    ...own.map((name) => option(name, t('subscribed'))),
    ...others.map((name) => option(name, t('others'))),
  ];
}
