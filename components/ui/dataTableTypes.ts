import type { ReactNode } from 'react';

export type Column<Row> = {
  id: string;
  /** Heading; also the label of the value when rows become cards on a phone. */
  header: string;
  cell: (row: Row) => ReactNode;
  align?: 'left' | 'right';
  /** Keep the heading for screen readers only. */
  headerHidden?: boolean;
  /** Leave this column out on narrow screens. */
  hideOnPhone?: boolean;
  /** Classes of the cells, such as a width. */
  className?: string | undefined;
};

type Selection = {
  selected: ReadonlySet<string>;
  onChange: (selected: Set<string>) => void;
  /** Name of a row's checkbox, by row key. */
  rowLabel: (key: string) => string;
};

export type DataTableProps<Row> = {
  /** What the table lists, for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  /** Undefined while loading. */
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string;
  /** Where a row leads: the first column becomes the link, and the whole row can be clicked. */
  rowHref?: (row: Row) => string;
  /** A row's address opens over the page (a side sheet): keep the scroll position. */
  keepScroll?: boolean;
  /** Menu at the end of a row. */
  rowActions?: (row: Row) => ReactNode;
  rowClassName?: (row: Row) => string | undefined;
  selection?: Selection;
  /** Shown instead of rows when there is none. */
  empty: ReactNode;
  /** How many grey rows stand in while loading. */
  loadingRows?: number;
  /** Below the rows: `LoadMore`. */
  footer?: ReactNode;
};
