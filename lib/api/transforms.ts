import type { TransformPreview } from '@/lib/domain/transformPreview';
import { apiFetch } from './apiFetch';

type PreviewInput = { script: string } & (
  | { event_type: string; payload: unknown }
  | { delivery_id: string }
  | { event_id: string }
);

/** Runs a script on a payload, or on an event of the past, without sending anything. */
export function previewTransform(input: PreviewInput): Promise<TransformPreview> {
  return apiFetch('POST /api/transforms/preview', { body: input, patienceMs: 60_000 });
}
