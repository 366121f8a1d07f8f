import { schemaFault } from '@/lib/domain/schemaVersion';
import { adminClient } from './adminClient';

/** Milliseconds for the question. */
const limitMs = 2000;
/** Milliseconds for which an answer counts: a schema changes rarely, and one that did not fit may have been mended. */
const goodForMs = 60_000;
const badForMs = 1000;

// Route handlers are bundled apart from each other: the process's one answer lives on globalThis.
const holder = globalThis as typeof globalThis & {
  devlinkWebhookSchema?: { asked: Promise<string | null>; until: number };
};

/**
 * Why this version does not work with the database that it has, and what to do, in one sentence; null when it does, and
 * when the database does not tell: that is another fault, which whoever needs the database meets. Answers within 2 s.
 * Never rejects.
 */
export async function databaseSchemaFault(): Promise<string | null> {
  const known = holder.devlinkWebhookSchema;
  if (known && performance.now() < known.until) return known.asked;
  const look = { asked: ask(), until: Number.POSITIVE_INFINITY };
  holder.devlinkWebhookSchema = look;
  const fault = await look.asked;
  look.until = performance.now() + (fault === null ? goodForMs : badForMs);
  return fault;
}

async function ask(): Promise<string | null> {
  const question = adminClient().rpc('webhook_schema_version').abortSignal(AbortSignal.timeout(limitMs));
  const { data, error } = await question.then(
    (answer) => answer,
    (error: unknown) => ({ data: null, error: { code: '', cause: error } }),
  );
  if (error) return error.code === 'PGRST202' || error.code === '42883' ? schemaFault(null) : null;
  return schemaFault(typeof data === 'string' ? data : null);
}
