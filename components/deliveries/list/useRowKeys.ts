'use client';

import type { RefObject } from 'react';
import { useKeys } from '../../shell/useKeys';

/**
 * j and k walk through the rows from anywhere on the page, x ticks the row, / goes to the search. Enter opens a row
 * because a row is a link.
 */
export function useRowKeys(table: RefObject<HTMLElement | null>, enabled: boolean) {
  const inView = (act: () => boolean) => () =>
    enabled &&
    !document.querySelector('[role="dialog"],[role="alertdialog"],[role="menu"],[role="listbox"]') &&
    act();
  useKeys('rows', {
    next: inView(() => walk(table.current, 1)),
    previous: inView(() => walk(table.current, -1)),
    tick: inView(() => tick(table.current)),
    search: inView(focusSearch),
  });
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

const indexOf = (rows: HTMLElement[]) =>
  rows.findIndex((link) => link.closest('tr')?.contains(document.activeElement));

function walk(table: HTMLElement | null, step: 1 | -1): boolean {
  const rows = links(table);
  const here = indexOf(rows);
  const next = here < 0 ? rows[0] : rows[here + step];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return next !== undefined;
}

function tick(table: HTMLElement | null): boolean {
  const rows = links(table);
  const box = rows[indexOf(rows)]?.closest('tr')?.querySelector<HTMLElement>('[role="checkbox"]');
  box?.click();
  return Boolean(box);
}

function focusSearch(): boolean {
  const field = document.querySelector<HTMLElement>('[data-delivery-search] input');
  field?.focus();
  return field !== null;
}
