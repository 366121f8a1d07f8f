import { adminClient } from './adminClient';
import { timeIsUp, unavailable } from './storeError';
import { type QueueFigures, queueFiguresSchema } from './upkeepStore';

/**
 * Why the figures are not known. `late`: no answer in time; `unreachable`: no connection, or a gateway answers instead;
 * `database_away`: the API answers that its database does not;
 * `key_refused`: SUPABASE_SECRET_KEY is not accepted, or is not a secret key; `schema`: the database has not the
 * migrations of this version; `failed`: anything else, which the log tells.
 */
export type FiguresProblem = 'late' | 'unreachable' | 'database_away' | 'key_refused' | 'schema' | 'failed';

type FiguresAnswer =
  | { figures: QueueFigures; problem: null }
  | { figures: null; problem: FiguresProblem; error: unknown };

/** The figures of the queue, or why there are none, within `limitMs`. Never rejects. */
export async function readQueueFigures(limitMs: number): Promise<FiguresAnswer> {
  const call = adminClient().rpc('webhook_queue_figures').abortSignal(AbortSignal.timeout(limitMs));
  const { data, error } = await call;
  if (error) return { figures: null, problem: problemOf(error), error };
  const parsed = queueFiguresSchema.safeParse(data);
  // Figures of another shape are those of an older or a newer schema.
  if (!parsed.success) return { figures: null, problem: 'schema', error: parsed.error };
  return { figures: parsed.data, problem: null };
}

function problemOf({ code, message }: { code: string; message: string }): FiguresProblem {
  if (timeIsUp(message) || code === '57014') return 'late';
  if (code === 'secret_key_refused') return 'key_refused';
  if (code === 'PGRST202' || code === '42883') return 'schema';
  if (!code) return 'unreachable';
  if (unavailable.test(code)) return 'database_away';
  return 'failed';
}
