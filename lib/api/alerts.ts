import { queryOptions } from '@tanstack/react-query';
import type { Alert, AlertInput, AlertPatch } from '@/lib/domain/alert';
import type { DeliveryDetail } from '@/lib/domain/delivery';
import { apiFetch } from './apiFetch';

/** Who is told of webhooks in trouble, newest first. */
export const alertListQuery = queryOptions({
  queryKey: ['alerts'],
  queryFn: async ({ signal }) => (await apiFetch('GET /api/alerts', { signal })).items,
});

/** Makes an alert. */
export function createAlert(input: AlertInput): Promise<Alert> {
  return apiFetch('POST /api/alerts', { body: input });
}

/** Changes any of an alert's fields. */
export function updateAlert({ id, patch }: { id: string; patch: AlertPatch }): Promise<Alert> {
  return apiFetch('PATCH /api/alerts/{alertId}', { path: { alertId: id }, body: patch });
}

/** Deletes an alert; its log stays. */
export function deleteAlert(id: string): Promise<void> {
  return apiFetch('DELETE /api/alerts/{alertId}', { path: { alertId: id } });
}

/** Sends a message of a made-up trouble; answers when it has ended. */
export function testAlert(id: string): Promise<DeliveryDetail> {
  return apiFetch('POST /api/alerts/{alertId}/test', { path: { alertId: id } });
}
