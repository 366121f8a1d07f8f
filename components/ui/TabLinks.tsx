'use client';

import { usePathname } from 'next/navigation';
import { cn } from './cn';
import { Link } from './Link';

type TabLinksProps = { items: readonly { href: string; label: string }[]; 'aria-label': string };

/** Tabs that are pages of their own: each has a URL, the present one is marked. */
export function TabLinks({ items, ...props }: TabLinksProps) {
  const pathname = usePathname();
  // The longest that fits: what opens inside a tab has an address below it.
  const present = items
    .map(({ href }) => href)
    .filter((href) => pathname === href || pathname.startsWith(`${href}/`))
    .sort((a, b) => b.length - a.length)[0];
  return (
    <nav aria-label={props['aria-label']} className="overflow-x-auto border-b max-md:-mx-4 max-md:px-4">
      <ul className="flex gap-1">
        {items.map((item) => {
          const current = item.href === present;
          return (
            <li key={item.href} className="shrink-0">
              <Link
                href={item.href}
                aria-current={current ? 'page' : undefined}
                className={cn(
                  '-mb-px block border-b-2 px-3 py-2.5 font-medium text-sm transition-colors focus-visible:-outline-offset-2',
                  current ? 'border-accent text-ink' : 'border-transparent text-muted hover:text-ink',
                )}
              >
                {item.label}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
