import { useTranslations } from 'next-intl';
import { Link } from '@/components/ui/Link';
import { AccountMenu } from './AccountMenu';
import { LanguageSwitch } from './LanguageSwitch';
import { Logo } from './Logo';
import { NavLinks } from './NavLinks';
import { PaletteButton } from './PaletteButton';

export function Sidebar() {
  const t = useTranslations('common');
  return (
    <header className="sticky top-0 hidden h-dvh w-60 shrink-0 flex-col gap-6 overflow-y-auto p-3 md:flex">
      <Link
        href="/webhooks"
        className="flex items-center gap-2.5 rounded-md px-2 pt-2 font-semibold text-base tracking-tight"
      >
        <Logo />
        {t('appName')}
      </Link>
      <PaletteButton />
      <NavLinks />
      <div className="mt-auto flex flex-col items-start gap-3">
        <LanguageSwitch />
        <AccountMenu />
      </div>
    </header>
  );
}
