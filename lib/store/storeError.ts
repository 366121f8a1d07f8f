import type { PostgrestError } from '@supabase/supabase-js';
import { isErrorCode, WebhookError } from '@/lib/domain/errors';

type StoreResponse<T> = { data: T; error: null } | { data: null; error: PostgrestError };

/** SQLSTATE classes that mean "not now": connection, resources, operator intervention, system; PostgREST's own. */
export const unavailable = /^(08|53|57|58|PGRST00)/;
const statementTimeout = '57014';
const lockTimeout = '55P03';
/** Two transactions waited for each other, or read what the other wrote: one of them was taken back. */
const lost = new Set(['40P01', '40001']);
/** Whether supabase-js tells in this message that a limit on time ended the request. */
export const timeIsUp = (message: string) => message.startsWith('TimeoutError:');
const unstorable =
  'The payload holds a NUL character (U+0000) or half of a surrogate pair, which the database cannot store.';

/**
 * The data of a database answer.
 * @throws WebhookError with the code that a SQL verb raised, `forbidden` for a refused permission,
 *   `database_unavailable` when no answer came, `timeout` when it did not come in time or others' locks were in the way,
 *   `payload_not_json` and `payload_too_deep` for text that Postgres cannot hold or parse; any other as it is (a bug)
 */
export function unwrap<T>(response: StoreResponse<T>): T {
  if (response.error === null) return response.data;
  throw databaseError(response.error);
}

/** The same for an error that was answered as a value. @param error SQLSTATE, or empty when no answer came, and message */
export function databaseError(error: Pick<PostgrestError, 'code' | 'message'>): Error {
  if (isErrorCode(error.message)) return new WebhookError(error.message, { cause: error });
  if (error.code === '42501') return new WebhookError('forbidden', { cause: error });
  const isLate = error.code === statementTimeout || error.code === lockTimeout || lost.has(error.code);
  if (isLate || (!error.code && timeIsUp(error.message)))
    return new WebhookError('timeout', { cause: error });
  // NUL and half of a surrogate pair: JavaScript writes them as JSON, Postgres cannot hold them.
  if (error.code === '22P05' || (error.code === '22P02' && error.message.endsWith('type json')))
    return new WebhookError('payload_not_json', { detail: unstorable, cause: error });
  // Its parser's own limit, at some thousands of levels: met before emit_webhook_events can look.
  if (error.code === '54001') return new WebhookError('payload_too_deep', { cause: error });
  // supabase-js answers a failed fetch with an empty code instead of throwing.
  if (!error.code || unavailable.test(error.code))
    return new WebhookError('database_unavailable', { cause: error });
  return new Error(`Database: ${error.message} (${error.code})`, { cause: error });
}

/** Runs a write again, once, when Postgres broke a deadlock or lost the connection: the verbs are idempotent. */
export async function retryOnce<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const code = databaseCode(error);
    const unreached = error instanceof WebhookError && error.code === 'database_unavailable';
    const transient = (code !== undefined && lost.has(code)) || unreached;
    if (!transient) throw error;
    return await write();
  }
}

/**
 * Whether a lock that somebody else holds was in the way (SQLSTATE 55P03), or the time for a statement was up:
 * nothing is wrong with what was asked. The transaction was taken back.
 */
export function isLockTimeout(error: unknown): boolean {
  return isLocked(error) || databaseCode(error) === statementTimeout;
}

/** Whether a lock was in the way for longer than the call meant to wait. The transaction was taken back. */
export const isLocked = (error: unknown) => databaseCode(error) === lockTimeout;

/** Whether what has to be unique is there already. */
export const isTaken = (error: unknown) => databaseCode(error) === '23505';

/** Whether the database has told that it did nothing. When no answer came, it may have done everything. */
export function wasRefused(error: unknown): boolean {
  if (error instanceof WebhookError && error.code === 'database_unavailable') return false;
  return databaseCode(error) !== undefined;
}

/** Why, for operators: in the database's own words where it said any. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = databaseCode(error);
  const said = error.cause as { message?: unknown } | undefined;
  return code !== undefined && typeof said?.message === 'string'
    ? `${said.message} (${code})`
    : error.message;
}

/** The SQLSTATE of an error that `unwrap` threw; undefined when it is none of the database. */
function databaseCode(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' && cause.code !== '' ? cause.code : undefined;
}
