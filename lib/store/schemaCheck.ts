import { askedRarely } from '@/lib/domain/askedRarely';
import { schemaFault } from '@/lib/domain/schemaVersion';
import { adminClient } from './adminClient';

/** Milliseconds for the question. */
const limitMs = 2000;
/** Milliseconds for which an answer counts: a schema changes rarely, and one that did not fit may have been mended. */
const goodForMs = 60_000;
const badForMs = 1000;

// Route handlers are bundled apart from each other: the process's one answer lives on globalThis.
const holder = globalThis as typeof globalThis & { devlinkWebhookSchema?: () => Promise<string | null> };

/**
 * Why this version does not work with the database that it has, and what to do, in one sentence; null when it does, and
 * when the database does not tell: that is another fault, which whoever needs the database meets. Answers within 2 s.
 * Never rejects.
 */
export function databaseSchemaFault(): Promise<string | null> {
  holder.devlinkWebhookSchema ??= askedRarely(ask, (fault) => (fault === null ? goodForMs : badForMs));
  return holder.devlinkWebhookSchema();
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
