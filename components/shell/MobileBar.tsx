'use client';

import { Menu } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { LazySheet } from '@/components/ui/LazySheet';
import { Link } from '@/components/ui/Link';
import { AccountMenu } from './AccountMenu';
import { LanguageSwitch } from './LanguageSwitch';
import { Logo } from './Logo';
import { NavLinks } from './NavLinks';
import { PaletteButton } from './PaletteButton';

/** The top bar of a phone, with the sidebar in a drawer. */
export function MobileBar() {
  const t = useTranslations('common');
  const [open, setOpen] = useState(false);
  return (
    <header className="sticky top-0 z-30 flex h-14 items-center justify-between border-b bg-canvas/90 px-4 backdrop-blur md:hidden">
      <Link href="/webhooks" className="flex items-center gap-2.5 rounded-md font-semibold">
        <Logo />
        {t('appName')}
      </Link>
      <div className="flex">
        <PaletteButton signOnly />
        <Button variant="ghost" size="icon" aria-label={t('nav.openMenu')} onClick={() => setOpen(true)}>
          <Menu aria-hidden className="size-5!" />
        </Button>
      </div>
      <LazySheet open={open} onOpenChange={setOpen} side="left" title={t('nav.menu')} className="bg-canvas">
        <div className="flex h-full flex-col justify-between gap-6 p-3">
          <NavLinks onNavigate={() => setOpen(false)} />
          <div className="flex flex-col items-start gap-3">
            <LanguageSwitch />
            <AccountMenu />
          </div>
        </div>
      </LazySheet>
    </header>
  );
}
