import { queryOptions } from '@tanstack/react-query';
import type { EventTypeInput, EventTypePatch } from '@/lib/domain/eventType';
import { apiFetch } from './apiFetch';

/** The registry of event types, those first that came first. */
export const eventTypesQuery = queryOptions({
  queryKey: ['event-types'] as const,
  queryFn: async ({ signal }) => (await apiFetch('GET /api/event-types', { signal })).items,
  staleTime: 30_000,
});

/** Adds a type, which may be triggered and listened to from then on. */
export const createEventType = (input: EventTypeInput) => apiFetch('POST /api/event-types', { body: input });

/** Changes what is said of a type; `deprecated` says whether anything new should listen to it. */
export const updateEventType = (name: string, patch: EventTypePatch) =>
  apiFetch('PATCH /api/event-types/{name}', { path: { name }, body: patch });
