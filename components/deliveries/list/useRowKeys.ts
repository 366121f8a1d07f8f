'use client';

import { type RefObject, useEffect } from 'react';

/**
 * j and k walk through the rows from anywhere on the page, x ticks the row, / goes to the search. Enter opens a row
 * because a row is a link.
 */
export function useRowKeys(table: RefObject<HTMLElement | null>, enabled: boolean) {
  useEffect(() => {
    if (!enabled) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('[role="dialog"],[role="alertdialog"],[role="menu"],[role="listbox"]'))
        return;
      if (act(event.key, table.current)) event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [table, enabled]);
}

/** The link of a delivery's row, found at the moment of looking. */
export function rowRef(table: RefObject<HTMLElement | null>, id: string): RefObject<HTMLElement | null> {
  return {
    get current() {
      return links(table.current).find((link) => link.pathname.endsWith(`/${id}`)) ?? null;
    },
  };
}

const links = (table: HTMLElement | null) => [
  ...(table?.querySelectorAll<HTMLAnchorElement>('a[data-row-link]') ?? []),
];

function act(key: string, table: HTMLElement | null): boolean {
  if (key === '/') return focusSearch();
  const rows = links(table);
  const here = rows.findIndex((link) => link.closest('tr')?.contains(document.activeElement));
  if (key === 'x') return tick(rows[here]);
  if (key !== 'j' && key !== 'k') return false;
  const next = here < 0 ? rows[0] : rows[here + (key === 'j' ? 1 : -1)];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return next !== undefined;
}

function tick(link: HTMLAnchorElement | undefined): boolean {
  const box = link?.closest('tr')?.querySelector<HTMLElement>('[role="checkbox"]');
  box?.click();
  return box !== undefined;
}

function focusSearch(): boolean {
  const field = document.querySelector<HTMLElement>('[data-delivery-search] input');
  field?.focus();
  return field !== null;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
  );
}
