// @module-tag local
import type { Client } from 'pg';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseConnections } from '@/lib/store/databaseConnections';
import { unwrap } from '@/lib/store/storeError';
import { startTestStack, type TestStack } from '../support/database';
import { emptyTables } from '../support/emptyTables';
import { type Gate, startGate } from '../support/gate';
import { addWebhook, waitForBlocked } from '../support/webhooks';

/*
 * The service's calls at the database itself: as the Supabase API would have made them, and nobody waits for a connection.
 */

let stack: TestStack;
let gate: Gate;
let connections: DatabaseConnections;
let reported: string[];
const patience = { timeout: 10_000 };

const open = (change: (url: URL) => void = () => {}) => {
  const url = new URL(stack.databaseUrl);
  url.port = String(gate.port);
  change(url);
  return new DatabaseConnections(url.href, (what, error) => reported.push(`${what}: ${error}`));
};

beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.stop());
beforeEach(async () => {
  await emptyTables(stack.sql);
  reported = [];
  gate = await startGate(Number(new URL(stack.databaseUrl).port));
  connections = open();
  await expect.poll(() => connections.state, patience).toBe('open');
});
afterEach(async () => {
  connections.close();
  await gate.close();
});

/** Once one is ready. */
async function take(): Promise<Client> {
  const taken: Client[] = [];
  await expect
    .poll(() => {
      const client = connections.take();
      if (client) taken.push(client);
      return taken.length;
    }, patience)
    .toBe(1);
  return taken[0] as Client;
}
const call = async (verb: string, args: Record<string, unknown>) =>
  connections.call(await take(), verb, args);
const throughApi = async (verb: string, args: Record<string, unknown>) =>
  unwrap(await stack.adminClient().rpc(verb, args));

const event = (fields: object = {}) => JSON.stringify({ event_type: 'lead.created', payload: {}, ...fields });
const emission = (events: string[], rest: object = {}) => ({
  events,
  person: null,
  patience_ms: null,
  max_items: 10,
  worker: 'own/1',
  after_webhook: null,
  max_payload: null,
  ...rest,
});
const emit = 'emit_and_claim_webhook_deliveries';

describe('a call', () => {
  it.each([
    ['an event, and its claim', [event({ payload: { n: 1 } })]],
    [
      'every digit and every sign',
      [`{"event_type":"lead.created","payload":{"n":1.50e2,"t":"\\"'\\\\,{}é\\u2028"}}`],
    ],
    ['one that is refused among others', [event(), event({ event_type: 'no.such' }), event()]],
    ['U+0000, which no text of Postgres holds', [event({ payload: { t: '\u0000' } })]],
    [
      'what is nested too deeply',
      [`{"event_type":"lead.created","payload":${'['.repeat(300)}${']'.repeat(300)}}`],
    ],
    ['nothing at all', []],
  ])('%s: answered as through the Supabase API', async (_, events) => {
    await addWebhook(stack.sql);
    // Ids, leases and secrets are of each time.
    const comparable = (answer: unknown) =>
      String(answer)
        .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>')
        .replace(/"(lease_ms|wait_ms|occurred_at|sequence)"\s*:\s*("[^"]*"|[\d.]+)/g, '<time>');
    const direct = comparable(await call(emit, emission(events)));
    await stack.sql`delete from webhook_queue`;
    expect(direct).toBe(comparable(await throughApi(emit, emission(events))));
  });

  it('is the service’s: its role, and nobody’s claims, also after a person’s', async () => {
    const [user] = await stack.sql<{ id: string }[]>`select user_id as id from webhook_roles limit 1`;
    const person = { sub: user?.id, role: 'authenticated' };
    for (const [who, by] of [
      [person, user?.id],
      [null, null],
    ] as const) {
      const { events } = JSON.parse(await call(emit, emission([event()], { person: who })));
      const [row] = await stack.sql`select triggered_by from webhook_events where id = ${events[0].event_id}`;
      expect(row?.triggered_by).toBe(by);
    }
    const client = await take();
    const { rows } = await client.query('select current_user as role, auth.uid() as person');
    expect(rows).toEqual([{ role: 'service_role', person: null }]);
  });

  it('fails as through the Supabase API, and the connection goes on', async () => {
    const verb = 'exchange_webhook_deliveries';
    const args = { results: '[]', max_items: 1, worker: 'own/1', after_webhook: 'no uuid' };
    const reason = await throughApi(verb, args).catch((error: Error) => error);
    const client = await take();
    await expect(connections.call(client, verb, args)).rejects.toMatchObject({
      name: (reason as Error).name,
      message: (reason as Error).message,
    });
    expect(await take()).toBe(client);
  });

  it('tells a lock that was in the way', async () => {
    await addWebhook(stack.sql);
    await call(emit, emission([event({ idempotency_key: 'k' })]));
    await stack.sql.begin(async (sql) => {
      await sql`update webhook_idempotency_keys set created_at = now() - interval '2 days'`;
      const held = call(emit, emission([event({ idempotency_key: 'k' })], { patience_ms: 100 }));
      await expect(held).rejects.toMatchObject({ cause: { code: '55P03' } });
    });
  });
});

describe('the connections', () => {
  it('are never waited for: who finds none asks the API, and more are made, up to six', async () => {
    await addWebhook(stack.sql);
    const taken: Client[] = [];
    for (let n = 0; n < 6; n++) taken.push(await take());
    expect(new Set(taken).size).toBe(6);
    expect(connections.take()).toBeUndefined();
    await expect
      .poll(() => connections.take(), { timeout: 500 })
      .toBeUndefined()
      .catch(() => {});
    expect(gate.passed()).toBe(6);
  });

  it('that are cut are made anew, and what was asked has an unknown end', async () => {
    const holding = postgres(stack.databaseUrl, { max: 1, onnotice: () => {} });
    await call(emit, emission([event({ idempotency_key: 'k' })]));
    await holding.begin(async (sql) => {
      await sql`update webhook_idempotency_keys set created_at = now() - interval '2 days'`;
      const asked = call(emit, emission([event({ idempotency_key: 'k' })]));
      const failed = expect(asked).rejects.toMatchObject({ code: 'database_unavailable' });
      await waitForBlocked(stack.sql);
      gate.cut();
      await failed;
    });
    await holding.end();
    expect(await call(emit, emission([event()]))).toContain('event_id');
  });

  it('that were ended by an operator are no longer handed out', async () => {
    const client = await take();
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    await connections.call(client, emit, emission([]));
    const ended = new Promise((resolve) => client.once('end', resolve));
    await stack.sql`select pg_terminate_backend(${rows[0]?.pid ?? 0})`;
    await ended;
    await expect(call(emit, emission([]))).resolves.toContain('"events" : []');
  });

  it('say that they are lost, once, and are tried again', async () => {
    await gate.become('refuse');
    await expect
      .poll(() => {
        connections.take();
        return connections.state;
      }, patience)
      .toBe('lost');
    expect(connections.take()).toBeUndefined();
    await expect.poll(() => connections.take(), { timeout: 1500 }).toBeUndefined();
    expect(reported).toEqual([
      expect.stringMatching(/^the database cannot be called directly.*ECONNREFUSED/),
    ]);
    await gate.become('open');
    await take();
    expect(connections.state).toBe('open');
  });

  it('of a role that cannot become the service’s are none', async () => {
    await stack.sql`create role outsider login password 'outside'`;
    try {
      const others = open((url) => {
        url.username = 'outsider';
        url.password = 'outside';
      });
      await expect.poll(() => others.state, patience).toBe('lost');
      expect(others.take()).toBeUndefined();
      expect(reported).toEqual([expect.stringContaining('permission denied to set role')]);
      others.close();
    } finally {
      await stack.sql`drop role outsider`;
    }
  });
});
