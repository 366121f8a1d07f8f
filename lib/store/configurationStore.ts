import { z } from 'zod';
import { settingsSchema } from '@/lib/domain/configuration';
import type { Json } from './database.types';
import { sessionClient } from './sessionClient';
import { isTaken, unwrap } from './storeError';

const configuredSchema = settingsSchema.extend({ id: z.string(), updated_at: z.string() });

/** A webhook with its settings, header values in clear, and when they were last changed. */
export type ConfiguredWebhook = z.infer<typeof configuredSchema>;

/** A new webhook; or one that changes, and has not meanwhile. */
export type ImportedWebhook = { id?: string; updated_at?: string; settings: object };

/** All webhooks, by slug. */
export async function configuredWebhooks(): Promise<ConfiguredWebhook[]> {
  const client = await sessionClient();
  return z.array(configuredSchema).parse(unwrap(await client.rpc('webhook_configuration')));
}

/** Keeps who exported the configuration. */
export async function noteExport(exported: number): Promise<void> {
  const client = await sessionClient();
  unwrap(await client.rpc('note_webhook_export', { exported }));
}

/** All of it or nothing; false: somebody changed one of them, or took a slug, in the meantime. */
export async function importWebhooks(changes: ImportedWebhook[]): Promise<boolean> {
  const client = await sessionClient();
  try {
    unwrap(await client.rpc('import_webhooks', { changes: changes as unknown as Json }));
    return true;
  } catch (error) {
    const changed = (error as { code?: unknown }).code === 'changed_meanwhile';
    if (changed || isTaken(error)) return false;
    throw error;
  }
}
