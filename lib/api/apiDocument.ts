import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from './apiFetch';

/** The description of the API, in OpenAPI. */
export const apiDocumentQuery = queryOptions({
  queryKey: ['api document'],
  queryFn: ({ signal }) => apiFetch('GET /api/openapi.json', { signal }),
  staleTime: 60_000,
});
