'use client';

import type { ReactNode } from 'react';
import { Checkbox } from './Checkbox';
import { cn } from './cn';
import type { Column, DataTableProps } from './dataTableTypes';
import { Link } from './Link';

/** One row of `DataTable`: a table row on a desk, a card on a phone. */
export function DataTableRow<Row>({ row, ...table }: DataTableProps<Row> & { row: Row }) {
  const { columns, selection } = table;
  const key = table.rowKey(row);
  const href = table.rowHref?.(row);
  const checked = selection?.selected.has(key) ?? false;
  return (
    <tr
      className={cn(
        'group/row relative border-b transition-colors last:border-b-0 max-md:block max-md:py-3 max-md:pr-4 max-md:pl-4',
        href && 'hover:bg-hover has-[[data-row-link]:focus-visible]:bg-hover',
        checked && 'bg-accent-soft',
        table.rowClassName?.(row),
      )}
    >
      {selection && (
        <td
          className={cn(
            'w-9 pl-4 max-md:absolute max-md:top-3.5 max-md:w-auto max-md:pl-0',
            // Beside the menu, where a row has one.
            table.rowActions ? 'max-md:right-12' : 'max-md:right-3',
          )}
        >
          <Checkbox
            className="relative z-10 block"
            aria-label={selection.rowLabel(key)}
            checked={checked}
            onCheckedChange={() => selection.onChange(toggled(selection.selected, key))}
          />
        </td>
      )}
      {columns.map((column, index) => (
        <Cell
          key={column.id}
          column={column}
          first={index === 0}
          both={Boolean(selection && table.rowActions)}
        >
          {index === 0 && href ? (
            <RowLink href={href} scroll={!table.keepScroll}>
              {column.cell(row)}
            </RowLink>
          ) : (
            column.cell(row)
          )}
        </Cell>
      ))}
      {table.rowActions && (
        <td className="w-12 pr-2 text-right max-md:absolute max-md:top-2 max-md:right-2 max-md:pr-0">
          <div className="relative z-10 flex justify-end">{table.rowActions(row)}</div>
        </td>
      )}
    </tr>
  );
}

function RowLink({ href, scroll, children }: { href: string; scroll: boolean; children: ReactNode }) {
  return (
    <Link
      href={href}
      scroll={scroll}
      data-row-link
      className="outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
    >
      {children}
    </Link>
  );
}

type CellProps = {
  column: Pick<Column<never>, 'header' | 'headerHidden' | 'align' | 'hideOnPhone' | 'className'>;
  first: boolean;
  /** A checkbox and a menu stand at the end of a card's first line. */
  both: boolean;
  children: ReactNode;
};

function Cell({ column, first, both, children }: CellProps) {
  return (
    <td
      className={cn(
        'px-3 py-2.5 align-middle first:pl-4 last:pr-4 max-md:px-0 max-md:py-1 max-md:first:pl-0 max-md:last:pr-0',
        column.align === 'right' && 'md:text-right',
        first
          ? cn('base:max-md:block', both ? 'max-md:pr-20' : 'max-md:pr-12')
          : 'base:max-md:flex max-md:items-center max-md:justify-between max-md:gap-4',
        column.className,
        column.hideOnPhone && 'max-md:hidden',
      )}
    >
      {!first && (
        <span aria-hidden className="text-muted text-xs md:hidden">
          {column.headerHidden ? '' : column.header}
        </span>
      )}
      {/* Interactive things inside a cell stay above the row's stretched link. */}
      <div
        className={cn(
          'min-w-0',
          !first &&
            '[&_a]:relative [&_a]:z-10 [&_button]:relative [&_button]:z-10 [&_time]:relative [&_time]:z-10',
        )}
      >
        {children}
      </div>
    </td>
  );
}

function toggled(selected: ReadonlySet<string>, key: string): Set<string> {
  const next = new Set(selected);
  if (!next.delete(key)) next.add(key);
  return next;
}
