'use client';

import { Search } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { use } from 'react';
import { Button } from '@/components/ui/Button';
import { OpenPalette } from './CommandMenu';
import { KeyNames } from './KeyNames';
import { keys } from './keys';

/** Opens the palette: in the sidebar with its key, on a phone as a sign alone. */
export function PaletteButton({ signOnly }: { signOnly?: boolean }) {
  const t = useTranslations('common.palette');
  const open = use(OpenPalette);
  if (signOnly) {
    return (
      <Button variant="ghost" size="icon" aria-label={t('open')} onClick={open}>
        <Search aria-hidden className="size-5!" />
      </Button>
    );
  }
  return (
    <Button className="w-full justify-start text-muted" onClick={open}>
      <Search aria-hidden />
      {t('open')}
      <span aria-hidden className="ml-auto">
        <KeyNames on={keys.everywhere.palette.on} />
      </span>
    </Button>
  );
}
