'use client';

import { Monitor, Moon, Sun } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useTheme } from 'next-themes';
import {
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
} from '@/components/ui/DropdownMenu';

const themes = [
  { name: 'light', icon: Sun },
  { name: 'dark', icon: Moon },
  { name: 'system', icon: Monitor },
] as const;

export function ThemeChoice() {
  const t = useTranslations('common.theme');
  const { theme, setTheme } = useTheme();
  return (
    <DropdownMenuRadioGroup value={theme ?? 'system'} onValueChange={setTheme}>
      <DropdownMenuLabel>{t('label')}</DropdownMenuLabel>
      {themes.map(({ name, icon: Icon }) => (
        <DropdownMenuRadioItem key={name} value={name} onSelect={(event) => event.preventDefault()}>
          <Icon aria-hidden />
          {t(name)}
        </DropdownMenuRadioItem>
      ))}
    </DropdownMenuRadioGroup>
  );
}
