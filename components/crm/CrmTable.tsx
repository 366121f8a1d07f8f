'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { CrmListQuery } from '@/lib/api/crm';
import { ErrorState } from '../shell/ErrorState';
import { DataTable } from '../ui/DataTable';
import type { Column } from '../ui/dataTableTypes';
import { LoadMore } from '../ui/LoadMore';

type CrmTableProps<Row> = {
  /** What the table lists, for screen readers. */
  label: string;
  query: CrmListQuery<Row>;
  columns: readonly Column<Row>[];
  rowActions?: (row: Row) => ReactNode;
  rowClassName?: (row: Row) => string | undefined;
  empty: ReactNode;
};

/** The table of each CRM page: rows a page at a time, with its loading, empty and error states. */
export function CrmTable<Row extends { id: string }>({ query, ...table }: CrmTableProps<Row>) {
  const list = useInfiniteQuery(query);
  const rows = list.data?.pages.flatMap((page) => page.items);
  if (list.isError && !rows) return <ErrorState error={list.error} onRetry={() => list.refetch()} />;
  return (
    <DataTable
      {...table}
      rows={rows}
      rowKey={(row) => row.id}
      footer={
        <LoadMore
          hasMore={list.hasNextPage}
          loading={list.isFetchingNextPage}
          onLoadMore={() => list.fetchNextPage()}
        />
      }
    />
  );
}
