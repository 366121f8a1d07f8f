'use client';

import { useTranslations } from 'next-intl';
import { type KeyboardEvent, useRef } from 'react';
import { Checkbox } from './Checkbox';
import { cn } from './cn';
import { DataTableRow } from './DataTableRow';
import type { DataTableProps } from './dataTableTypes';
import { Skeleton } from './Skeleton';

/**
 * The one table of the console. Rows become cards on a phone; a row with an address is one link; ↑/↓ move
 * between rows; checkboxes appear with `selection`.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rows, selection } = props;
  const t = useTranslations('common');
  const body = useRef<HTMLTableSectionElement>(null);
  const extra = (selection ? 1 : 0) + (props.rowActions ? 1 : 0);
  if (rows?.length === 0) return <div className="rounded-lg border bg-raised">{props.empty}</div>;
  return (
    <div className="overflow-hidden rounded-lg border bg-raised shadow-xs">
      <div className="md:overflow-x-auto">
        <table aria-busy={rows === undefined} className="w-full border-collapse text-sm max-md:block">
          <caption className="sr-only">{props.label}</caption>
          <thead className="border-b bg-sunken max-md:sr-only">
            <tr>
              {selection && !rows && <td className="w-9" />}
              {selection && rows && (
                <th className="w-9 py-2 pl-4">
                  <SelectAll {...props} rows={rows} />
                </th>
              )}
              {columns.map((column) => (
                <th
                  key={column.id}
                  scope="col"
                  className={cn(
                    'h-9 whitespace-nowrap px-3 font-medium text-muted text-xs first:pl-4 last:pr-4',
                    column.align === 'right' ? 'text-right' : 'text-left',
                  )}
                >
                  <span className={column.headerHidden ? 'sr-only' : undefined}>{column.header}</span>
                </th>
              ))}
              {props.rowActions && (
                <th scope="col" className="w-12">
                  <span className="sr-only">{t('actions')}</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody
            ref={body}
            onKeyDown={(event) => moveBetweenRows(event, body.current)}
            className="max-md:block"
          >
            {rows
              ? rows.map((row) => <DataTableRow key={props.rowKey(row)} row={row} {...props} />)
              : Array.from({ length: props.loadingRows ?? 6 }, (_, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: grey rows are all alike
                  <SkeletonRow key={index} columns={columns.length + extra} />
                ))}
          </tbody>
        </table>
      </div>
      {rows === undefined && (
        <p role="status" className="sr-only">
          {t('loading')}
        </p>
      )}
      {props.footer}
    </div>
  );
}

function SelectAll<Row>({ rows, rowKey, selection }: DataTableProps<Row> & { rows: readonly Row[] }) {
  const t = useTranslations('common');
  if (!selection) return null;
  const keys = rows.map(rowKey);
  const count = keys.filter((key) => selection.selected.has(key)).length;
  return (
    <Checkbox
      aria-label={t('selectAll')}
      checked={count === 0 ? false : count === keys.length ? true : 'indeterminate'}
      onCheckedChange={() => selection.onChange(new Set(count === keys.length ? [] : keys))}
    />
  );
}

function SkeletonRow({ columns }: { columns: number }) {
  return (
    <tr className="border-b last:border-b-0 max-md:block max-md:p-4">
      {Array.from({ length: columns }, (_, index) => (
        <td
          // biome-ignore lint/suspicious/noArrayIndexKey: grey cells are all alike
          key={index}
          className="h-13 px-3 first:pl-4 max-md:block max-md:h-6 max-md:px-0 max-md:first:pl-0 max-md:nth-[n+4]:hidden"
        >
          <Skeleton className={index === 0 ? 'h-4 w-40' : 'h-3.5 w-20'} />
        </td>
      ))}
    </tr>
  );
}

/** ↑ and ↓ move between the links of the rows, as they do in a list of mails. */
function moveBetweenRows(event: KeyboardEvent, body: HTMLTableSectionElement | null) {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const onLink = event.target instanceof HTMLElement && event.target.matches('[data-row-link]');
  if (!step || !onLink || !body) return;
  const links = [...body.querySelectorAll<HTMLElement>('[data-row-link]')];
  const next = links[links.indexOf(event.target as HTMLElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
