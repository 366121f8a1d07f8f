'use client';

import { useTranslations } from 'next-intl';
import { listensTo } from '@/lib/domain/eventName';
import { testEventType } from '@/lib/domain/eventTypes';
import { useEventTypes } from '../../events/useEventTypes';
import type { SelectOption } from '../../ui/Select';

/** What a test can send: the test message, the samples of the webhook's own events, then the others. */
export function useTestSamples(events: readonly string[]): SelectOption[] {
  const t = useTranslations('webhooks.test');
  const types = useEventTypes().filter(({ sample }) => sample != null);
  const options = (own: boolean, group: string) =>
    types
      .filter(({ name }) => listensTo(events, name) === own)
      .map(({ name, label }): SelectOption => ({ value: name, label: `${name} · ${label}`, group }));
  return [
    { value: testEventType, label: t('plain') },
    ...options(true, t('subscribed')),
    ...options(false, t('others')),
  ];
}
