import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from './apiFetch';

/** Records by what people call them, or by any words of their events. */
export const recordSearchQuery = (q: string) =>
  queryOptions({
    queryKey: ['records', 'search', q] as const,
    queryFn: async ({ signal }) => (await apiFetch('GET /api/records', { query: { q }, signal })).items,
  });

/** A record as it is now in the tables that tell their changes. */
export const recordRowsQuery = (recordId: string) =>
  queryOptions({
    queryKey: ['records', 'rows', recordId] as const,
    queryFn: async ({ signal }) =>
      (await apiFetch('GET /api/records/rows', { query: { record_id: recordId }, signal })).items,
  });
