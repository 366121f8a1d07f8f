'use client';

import { useLocale, useTranslations } from 'next-intl';
import {
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
} from '@/components/ui/DropdownMenu';
import { locales } from '@/lib/i18n/locales';
import { setLocale } from '@/lib/i18n/setLocale';

export function LanguageChoice() {
  const t = useTranslations('common.language');
  const locale = useLocale();
  return (
    <DropdownMenuRadioGroup value={locale} onValueChange={(chosen) => void setLocale(chosen)}>
      <DropdownMenuLabel>{t('label')}</DropdownMenuLabel>
      {locales.map((name) => (
        <DropdownMenuRadioItem key={name} value={name} lang={name}>
          {t(name)}
        </DropdownMenuRadioItem>
      ))}
    </DropdownMenuRadioGroup>
  );
}
