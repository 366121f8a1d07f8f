import type { ConsoleLine } from '@/lib/domain/transform';
import { apiFetch } from './apiFetch';

type PreviewInput = { script: string } & ({ event_type: string; payload: unknown } | { delivery_id: string });

/** What a script did with one payload. `line` and `column` count from 1 in the person's text. */
export type PreviewResult = {
  ok: boolean;
  output?: unknown;
  /** The script returned `null`: nothing would be sent, on purpose. `output` is null then. */
  dropped?: true;
  error?: { kind: string; message: string; line?: number; column?: number };
  console: ConsoleLine[];
  duration_ms: number;
};

/** Runs a script on a payload, or on the event of a past delivery, without sending anything. */
export function previewTransform(input: PreviewInput): Promise<PreviewResult> {
  return apiFetch('/api/transforms/preview', { method: 'POST', body: input, patienceMs: 60_000 });
}
