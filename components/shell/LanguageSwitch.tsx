'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useTransition } from 'react';
import { SegmentedControl } from '@/components/ui/SegmentedControl';
import { locales } from '@/lib/i18n/locales';
import { setLocale } from '@/lib/i18n/setLocale';

/** Both languages in view, one click apart. */
export function LanguageSwitch() {
  const t = useTranslations('common.language');
  const locale = useLocale();
  const [, start] = useTransition();
  return (
    <SegmentedControl
      aria-label={t('label')}
      value={locale}
      onValueChange={(chosen) => start(() => setLocale(chosen))}
      options={locales.map((name) => ({
        value: name,
        label: (
          <span lang={name}>
            <span aria-hidden className="uppercase">
              {name}
            </span>
            <span className="sr-only">{t(name)}</span>
          </span>
        ),
      }))}
    />
  );
}
