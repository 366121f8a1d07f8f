import { env } from '@/lib/env';
import { logger } from '@/lib/telemetry/logger';
import { adminClient } from './adminClient';
import { DatabaseConnections } from './databaseConnections';
import type { ArgumentsOf } from './storeClient';
import { unwrap } from './storeError';

/** The verbs that answer JSON as text: no layer between takes it apart. */
type TextVerb = 'emit_and_claim_webhook_deliveries' | 'exchange_webhook_deliveries';

// Route handlers are bundled apart from each other: the process's connections live on globalThis.
const holder = globalThis as typeof globalThis & { devlinkDatabaseConnections?: DatabaseConnections };

/**
 * Calls a SQL function as the service itself: at the database, where its address is configured and a connection is ready, else
 * through the Supabase API. Both answer the same.
 * @param args by name: texts, numbers, arrays of texts, and objects for JSON
 * @throws as `unwrap` does
 */
export async function callAsService<Verb extends TextVerb>(
  verb: Verb,
  args: ArgumentsOf<Verb>,
): Promise<string> {
  const connections = openConnections();
  const client = connections?.take();
  if (connections && client) return connections.call(client, verb, args);
  return unwrap(await adminClient().rpc(verb, args));
}

/** The connections of this process, made as soon as they are asked for; null: it has no address of the database. */
function openConnections(): DatabaseConnections | null {
  const url = env().WEBHOOKS_DATABASE_URL;
  if (url === undefined) return null;
  holder.devlinkDatabaseConnections ??= new DatabaseConnections(url, (what, error) =>
    logger().warn({ err: error }, what),
  );
  return holder.devlinkDatabaseConnections;
}

/** Whether the database can be called directly at the moment; null: it has no address. */
export const directCalls = () => openConnections()?.state ?? null;

/** Ends the connections, as far as there are any. */
export function closeConnections(): void {
  holder.devlinkDatabaseConnections?.close();
}
