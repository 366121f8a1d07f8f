'use client';

import { useTranslations } from 'next-intl';
import { TabLinks } from '../ui/TabLinks';

/** The catalogue of event types, and the journal of what happened. */
export function EventTabs() {
  const t = useTranslations('events.tabs');
  return (
    <TabLinks
      aria-label={t('label')}
      items={[
        { href: '/events', label: t('types') },
        { href: '/events/journal', label: t('journal') },
      ]}
    />
  );
}
