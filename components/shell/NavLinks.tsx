'use client';

import { useQuery } from '@tanstack/react-query';
import type { LucideIcon } from 'lucide-react';
import { useLinkStatus } from 'next/link';
import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { cn } from '@/components/ui/cn';
import { Link } from '@/components/ui/Link';
import { sessionQuery } from '@/lib/api/session';
import { crmLinks, mainLinks } from './places';

/** The places of the console that the person's role may use; the present one is marked. */
export function NavLinks({ onNavigate }: { onNavigate?: () => void }) {
  const t = useTranslations('common.nav');
  const { data: session } = useQuery(sessionQuery);
  return (
    <nav aria-label={t('main')} className="flex flex-col gap-5">
      {session?.role !== 'member' && <LinkList links={mainLinks} onNavigate={onNavigate} />}
      <div className="flex flex-col gap-1">
        <p id="nav-crm" className="px-2.5 font-medium text-2xs text-muted uppercase tracking-wider">
          {t('crm')}
        </p>
        <LinkList links={crmLinks} labelledBy="nav-crm" onNavigate={onNavigate} />
      </div>
    </nav>
  );
}

/** Beats while its page is on its way. */
function NavIcon({ icon: Icon, current }: { icon: LucideIcon; current: boolean }) {
  const { pending } = useLinkStatus();
  return (
    <Icon
      aria-hidden
      className={cn('size-4', current && 'text-accent-ink', pending && 'animate-shimmer')}
      strokeWidth={2}
    />
  );
}

type LinkListProps = {
  links: typeof mainLinks | typeof crmLinks;
  labelledBy?: string;
  onNavigate?: () => void;
};

function LinkList({ links, labelledBy, onNavigate }: LinkListProps) {
  const t = useTranslations('common.nav');
  const pathname = usePathname();
  return (
    <ul aria-labelledby={labelledBy} className="flex flex-col gap-0.5">
      {links.map(({ href, name, icon: Icon }) => {
        const current = pathname === href || pathname.startsWith(`${href}/`);
        return (
          <li key={href}>
            <Link
              href={href}
              onClick={onNavigate}
              aria-current={current ? 'page' : undefined}
              className={cn(
                'flex h-8.5 items-center gap-2.5 rounded-md px-2.5 font-medium text-sm transition-colors max-md:h-11',
                current ? 'bg-raised text-ink shadow-xs' : 'text-muted hover:bg-hover hover:text-ink',
              )}
            >
              <NavIcon icon={Icon} current={current} />
              {t(name)}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
