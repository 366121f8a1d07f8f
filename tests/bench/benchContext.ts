import type { Sql } from 'postgres';
import type { LocalInfo } from '../../scripts/stack/localInfo.ts';
import type { BenchApi } from './benchApi.ts';
import type { BenchReceiver } from './benchReceiver.ts';
import type { Figure } from './table.ts';

/** What every measurement gets; it adds its figures. */
export type Bench = {
  quick: boolean;
  receiver: BenchReceiver;
  sql: Sql;
  info: LocalInfo;
  dataDir: string;
  api: BenchApi;
  figures: Figure[];
};

/** A figure that was measured before in this run. */
export function measured(bench: Bench, name: string): number {
  const figure = bench.figures.find((candidate) => candidate.name === name);
  if (!figure) throw new Error(`${name} was not measured`);
  return figure.value;
}

/** Webhooks that listen to `lead.created` and point at the receiver's paths /0, /1 … Replaces all others. */
export async function replaceWebhooks(
  bench: Bench,
  count: number,
  fields: Record<string, unknown> = {},
): Promise<string[]> {
  // Not one by one: whoever deletes a webhook leaves a job behind.
  await bench.sql`truncate webhook_queue, webhooks, webhook_health, webhook_jobs cascade`;
  const rows = Array.from({ length: count }, (_, n) => ({
    name: `Bench ${n}`,
    url: `${bench.receiver.url}/${n}`,
    events: ['lead.created'],
    ...fields,
  }));
  const inserted = await bench.sql<{ id: string }[]>`insert into webhooks ${bench.sql(rows)} returning id`;
  return inserted.map((row) => row.id);
}

/** About 500 bytes of JSON, as a lead has. */
export const samplePayload = {
  id: '123e4567-e89b-12d3-a456-426614174000',
  nom: 'Dupont',
  prenom: 'Jean',
  email: 'jean.dupont@example.com',
  telephone: '+33612345678',
  statut: 'nouveau',
  notes: 'Souhaite visiter le bien samedi matin. '.repeat(7),
  created_at: '2024-01-15T10:30:00Z',
};

/** Commits `count` events at once in SQL, so that the queue is full before the dispatcher looks. */
export async function fillQueue(bench: Bench, count: number): Promise<void> {
  await bench.sql`
    select emit_webhook_events((select json_agg(json_build_object(
      'event_type', 'lead.created', 'payload', ${bench.sql.json(samplePayload)}::json)) from generate_series(1, ${count}::int)))`;
}

/** Commits so many events of a type at once; each has its number in `n`. */
export async function emitMany(bench: Bench, eventType: string, count: number): Promise<void> {
  await bench.sql`
    select emit_webhook_events((select json_agg(json_build_object(
      'event_type', ${eventType}::text, 'payload', json_build_object('n', n, 'lead', ${bench.sql.json(samplePayload)}::json)))
      from generate_series(1, ${count}::int) as n))`;
}
