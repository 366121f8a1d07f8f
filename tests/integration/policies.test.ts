import { randomUUID } from 'node:crypto';
import type { SupabaseClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startTestStack, type TestStack } from '../support/database';
import { addWebhook, dataOf, queueDeliveries, unknownId } from '../support/webhooks';

/*
 * The whole surface, asked from outside. Tables and functions are listed by the catalogue: whoever adds one
 * decides here who may use it.
 */

type Caller = Parameters<TestStack['clientFor']>[0];
/** Nobody calls without signing in where a project was given without its publishable key. */
const callers = (['anonymous', 'stranger', 'member', 'admin'] as const).filter(
  (caller) => caller !== 'anonymous' || inject('givenProject')?.publishableKey !== null,
);
let stack: TestStack;
const clients = {} as Record<Caller, SupabaseClient>;
const userIds = {} as Record<Caller, string>;

beforeAll(async () => {
  stack = await startTestStack();
  for (const caller of callers) {
    clients[caller] = await stack.clientFor(caller);
    const { data } = await clients[caller].auth.getUser();
    userIds[caller] = data.user?.id ?? '';
  }
  userIds.anonymous = userIds.stranger;
});
afterAll(() => stack.stop());

const verbs = ['select', 'insert', 'update', 'delete'] as const;
type Verb = (typeof verbs)[number];
type Row = Record<string, unknown>;

/** One table: who may do what, a row that is there, a row that could be added, a change. */
type TableCase = {
  admin?: readonly Verb[];
  member?: readonly Verb[];
  /** Stores a row; answers the column and value that find it. */
  seed(caller: Caller): Promise<readonly [column: string, value: string]>;
  fresh(caller: Caller): Promise<Row>;
  change: Row;
};

const insertRow = async (table: string, row: Row, key = 'id') => {
  const [stored] = await stack.sql`insert into ${stack.sql(table)} ${stack.sql(row)} returning *`;
  return [key, String(stored?.[key])] as const;
};
const seedBy = (table: string, fresh: (caller: Caller) => Promise<Row>, key = 'id') => ({
  fresh,
  seed: async (caller: Caller) => insertRow(table, await fresh(caller), key),
});

const delivery = { event_type: 'lead.created', is_test: false, retry_count: 0, attempt_count: 0 };
const newQueued = async () => ({
  webhook_id: unknownId(),
  event_id: unknownId(),
  event_type: 'lead.created',
});
const newDraft = async () =>
  (
    await insertRow('webhook_script_drafts', {
      webhook_id: await addWebhook(stack.sql),
      script: 'return payload',
    })
  )[1];
const newName = () => `kind.v${randomUUID().replaceAll('-', '')}`;
const newDigest = () => randomUUID().replaceAll('-', '').repeat(2);
const newListener = async () => {
  const [row] =
    await stack.sql`select start_webhook_listener('x', 'https://a.test', '{lead.created}') as made`;
  return row?.made.inbox_id;
};
const newInbox = async () => ({ name: 'inbox' });

const tables: Record<string, TableCase> = {
  webhooks: {
    ...seedBy('webhooks', async () => ({ name: 'x', url: 'https://a.test/', events: ['lead.created'] })),
    change: { description: 'changed' },
    admin: verbs,
  },
  webhook_secrets: {
    seed: async () => ['webhook_id', await addWebhook(stack.sql)],
    fresh: async () => {
      const webhook_id = await addWebhook(stack.sql);
      await stack.sql`delete from webhook_secrets where webhook_id = ${webhook_id}`;
      return { webhook_id };
    },
    change: { secret_key: '00' },
  },
  webhook_roles: {
    seed: async (caller) => ['user_id', userIds[caller]],
    fresh: async (caller) => ({ user_id: userIds[caller], role: 'admin' }),
    change: { created_at: '2020-01-01T00:00:00Z' },
    admin: ['select'],
    member: ['select'],
  },
  webhook_events: {
    ...seedBy('webhook_events', async () => ({ event_type: 'lead.created', payload: { a: 1 } })),
    change: { event_type: 'changed' },
    admin: ['select'],
  },
  webhook_event_words: {
    ...seedBy('webhook_event_words', async () => ({ event_id: unknownId(), words: 'a' }), 'event_id'),
    change: { words: 'b' },
    admin: ['select'],
  },
  webhook_idempotency_keys: {
    ...seedBy('webhook_idempotency_keys', async () => ({ key: unknownId(), event_id: unknownId() }), 'key'),
    change: { event_id: randomUUID() },
  },
  webhook_queue: {
    ...seedBy('webhook_queue', newQueued),
    change: { worker: 'changed' },
    admin: ['select'],
  },
  webhook_history: {
    ...seedBy('webhook_history', async () => ({
      ...(await newQueued()),
      ...delivery,
      id: unknownId(),
      status: 'failed',
      fence: 1,
      created_at: new Date().toISOString(),
    })),
    change: { status: 'success' },
    admin: ['select'],
  },
  webhook_attempts: {
    ...seedBy(
      'webhook_attempts',
      async () => ({
        delivery_id: unknownId(),
        attempt: 1,
        webhook_id: unknownId(),
        started_at: new Date().toISOString(),
        duration_ms: 1,
        succeeded: true,
      }),
      'delivery_id',
    ),
    change: { succeeded: false },
    admin: ['select'],
  },
  webhook_holds: {
    ...seedBy(
      'webhook_holds',
      async () => ({
        webhook_id: await addWebhook(stack.sql),
        held_until: '2026-01-01T00:00:00Z',
        status_code: 429,
      }),
      'webhook_id',
    ),
    change: { slots: 9 },
    admin: ['select'],
  },
  webhook_troubles: {
    ...seedBy(
      'webhook_troubles',
      async () => ({ webhook_id: await addWebhook(stack.sql), condition: 'paused' }),
      'webhook_id',
    ),
    change: { condition: 'rate' },
  },
  webhook_alert_messages: {
    ...seedBy(
      'webhook_alert_messages',
      async () => ({ alert_id: unknownId(), webhook_id: unknownId() }),
      'alert_id',
    ),
    change: { told_at: '2020-01-01T00:00:00Z' },
  },
  webhook_failure_causes: {
    ...seedBy(
      'webhook_failure_causes',
      async () => ({ name: unknownId(), title: {}, cause: {}, cure: {} }),
      'name',
    ),
    change: { title: { fr: 'x' } },
  },
  webhook_marks: {
    seed: async () => {
      const webhook_id = await addWebhook(stack.sql);
      await stack.sql`insert into webhook_marks values (${webhook_id}, now(), ${webhook_id})`;
      return ['webhook_id', webhook_id];
    },
    fresh: async () => ({
      webhook_id: await addWebhook(stack.sql),
      claimed_due: '2026-01-01T00:00:00Z',
      claimed_id: unknownId(),
    }),
    change: { claimed_due: '2026-01-01T00:00:00Z' },
    admin: ['select'],
  },
  webhook_row_events: {
    ...seedBy(
      'webhook_row_events',
      async () => ({ event_id: unknownId(), event_type: 'lead.created', record_id: unknownId() }),
      'event_id',
    ),
    change: { record_id: '2' },
  },
  webhook_event_types: {
    ...seedBy('webhook_event_types', async () => ({ name: newName() }), 'name'),
    change: { deprecated_at: '2026-01-01T00:00:00Z' },
    admin: ['select', 'insert', 'update'],
    member: ['select'],
  },
  webhook_sources: {
    seed: async () => ['kind', 'lead'],
    fresh: async () => ({ relation: 'webhook_roles', kind: newName().slice(0, 7) }),
    change: { error: 'changed' },
    admin: ['select'],
  },
  webhook_source_rules: {
    seed: async () => ['event_type', 'lead.created'],
    fresh: async () => ({
      relation: 'crm_leads',
      place: 100,
      event_type: 'lead.created',
      operation: 'update',
      changed: 'nom',
      fields: {},
    }),
    change: { place: 99 },
    admin: ['select'],
  },
  webhook_late_deliveries: {
    ...seedBy(
      'webhook_late_deliveries',
      async () => ({
        webhook_id: unknownId(),
        event_id: unknownId(),
        delivery_id: unknownId(),
      }),
      'delivery_id',
    ),
    change: { event_id: randomUUID() },
    admin: ['select'],
  },
  webhook_stopped_records: {
    ...seedBy(
      'webhook_stopped_records',
      async () => ({ webhook_id: unknownId(), record_id: '1', delivery_id: unknownId() }),
      'webhook_id',
    ),
    change: { record_id: '2' },
    admin: ['select'],
  },
  webhook_record_states: {
    ...seedBy(
      'webhook_record_states',
      async () => ({ webhook_id: unknownId(), record_id: '1', sequence: 1, delivery_id: unknownId() }),
      'webhook_id',
    ),
    change: { sequence: 2 },
  },
  webhook_order_notes: {
    ...seedBy('webhook_order_notes', async () => ({ webhook_id: unknownId(), record_id: '1' })),
    change: { record_id: '2' },
  },
  webhook_script_versions: {
    ...seedBy('webhook_script_versions', async () => ({
      webhook_id: await addWebhook(stack.sql),
      script: 'return payload',
    })),
    change: { script: 'changed' },
    admin: ['select'],
  },
  webhook_script_drafts: {
    ...seedBy('webhook_script_drafts', async () => ({
      webhook_id: await addWebhook(stack.sql),
      script: 'return payload',
    })),
    change: { script: 'changed' },
    admin: ['select'],
  },
  webhook_shadow_examples: {
    ...seedBy('webhook_shadow_examples', async () => ({
      draft_id: await newDraft(),
      event_id: unknownId(),
      event_type: 'lead.created',
      outcome: 'failed',
    })),
    change: { live: 'changed' },
    admin: ['select'],
  },
  webhook_jobs: {
    ...seedBy('webhook_jobs', async () => ({ kind: 'replay' })),
    change: { done: 9 },
    admin: ['select'],
  },
  webhook_chores: {
    ...seedBy('webhook_chores', async () => ({ chore: unknownId(), every: '1 day' }), 'chore'),
    change: { error: 'changed' },
    admin: ['select'],
  },
  webhook_workers: {
    ...seedBy('webhook_workers', async () => ({ worker: unknownId() }), 'worker'),
    change: { last_exchange_at: '2026-01-01T00:00:00Z' },
    admin: ['select'],
  },
  webhook_health: {
    ...seedBy(
      'webhook_health',
      async () => ({ webhook_id: await addWebhook(stack.sql), failures: 1 }),
      'webhook_id',
    ),
    change: { failures: 9 },
    admin: ['select'],
  },
  webhook_pace: {
    ...seedBy('webhook_pace', async () => ({ webhook_id: await addWebhook(stack.sql) }), 'webhook_id'),
    change: { next_at: '2026-01-01T00:00:00Z' },
    admin: ['select'],
  },
  webhook_stats_hourly: {
    ...seedBy(
      'webhook_stats_hourly',
      async () => ({
        webhook_id: unknownId(),
        hour: new Date().toISOString(),
        latency_histogram: Array(16).fill(0),
      }),
      'webhook_id',
    ),
    change: { failed: 9 },
    admin: ['select'],
  },
  webhook_tokens: {
    seed: async () => {
      const sha256 = Buffer.from(newDigest(), 'hex');
      return insertRow('webhook_tokens', { name: 'x', prefix: 'dlk_x', sha256, scope: 'read' });
    },
    fresh: async () => ({ name: 'x', prefix: 'dlk_x', sha256: `\\x${newDigest()}`, scope: 'read' }),
    change: { scope: 'manage' },
  },
  webhook_audit_log: {
    ...seedBy('webhook_audit_log', async () => ({ webhook_id: unknownId(), action: 'deleted' })),
    change: { action: 'created' },
    admin: ['select'],
  },
  webhook_deliveries: {
    seed: async () => ['id', (await queueDeliveries(stack.sql, unknownId()))[0] ?? ''],
    fresh: newQueued,
    change: { event_type: 'changed' },
    admin: ['select'],
  },
  webhook_receiver_health: {
    seed: async () => {
      const webhook_id = await addWebhook(stack.sql);
      await stack.sql`insert into webhook_health (webhook_id, failures) values (${webhook_id}, 1)`;
      return ['webhook_id', webhook_id];
    },
    fresh: async () => ({ webhook_id: unknownId() }),
    change: { failures: 9 },
    admin: ['select'],
  },
  webhook_gates: {
    seed: async () => ['webhook_id', await addWebhook(stack.sql)],
    fresh: async () => ({ webhook_id: unknownId() }),
    change: { max_in_flight: 9 },
  },
  crm_leads: {
    ...seedBy('crm_leads', async () => ({ nom: 'Durand' })),
    change: { prenom: 'changed' },
    admin: verbs,
    member: verbs,
  },
  crm_appointments: {
    ...seedBy('crm_appointments', async () => ({
      titre: 'x',
      debut: '2026-01-01T10:00:00Z',
      fin: '2026-01-01T11:00:00Z',
    })),
    change: { lieu: 'changed' },
    admin: verbs,
    member: verbs,
  },
  crm_files: {
    ...seedBy('crm_files', async () => ({ nom: 'x.txt', taille: 1, contenu: 'A' })),
    change: { nom: 'changed' },
    admin: ['select', 'insert', 'delete'],
    member: ['select', 'insert', 'delete'],
  },
  playground_inboxes: {
    ...seedBy('playground_inboxes', newInbox),
    change: { name: 'changed' },
    admin: verbs,
  },
  playground_requests: {
    ...seedBy('playground_requests', async () => ({
      inbox_id: (await insertRow('playground_inboxes', await newInbox()))[1],
      method: 'POST',
      headers: {},
      body: '',
      answered_status: 200,
      seed_signature: 'absent',
      standard_signature: 'absent',
    })),
    change: { method: 'PUT' },
    admin: ['select', 'delete'],
  },
};

/** Whether the caller achieved it: asked of the database, not of the answer. */
async function achieves(caller: Caller, table: string, verb: Verb): Promise<boolean> {
  const { sql } = stack;
  const { seed, fresh, change } = tables[table] as TableCase;
  const from = clients[caller].from(table);
  if (verb === 'insert') return (await from.insert(await fresh(caller))).error === null;
  const [column, value] = await seed(caller);
  const read = () => sql`select * from ${sql(table)} where ${sql(column)} = ${value}`;
  const before = await read();
  if (verb === 'select') return ((await from.select().eq(column, value)).data ?? []).length > 0;
  await (verb === 'update' ? from.update(change) : from.delete()).eq(column, value);
  return JSON.stringify(await read()) !== JSON.stringify(before);
}

describe('tables and views', () => {
  it('are all listed here', async () => {
    const rows = await stack.sql<{ relname: string }[]>`
      select relname from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f') order by 1`;
    expect(rows.map((row) => row.relname)).toEqual(Object.keys(tables).sort());
  });

  it('have no sequence that anybody but their owner may use', async () => {
    const rows = await stack.sql<{ name: string; may: boolean }[]>`
      select c.relname as name, bool_or(has_sequence_privilege(r.role, c.oid, 'usage, select, update')) as may
      from pg_class c, unnest(array['anon', 'authenticated', 'service_role']) as r (role)
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'S' group by 1`;
    expect(rows).toEqual([{ name: 'webhook_event_sequence', may: false }]);
  });

  it('have row-level security, or are views that run as the caller', async () => {
    const rows = await stack.sql`
      select relname from pg_class where relnamespace = 'public'::regnamespace
      and case relkind when 'v' then not coalesce('security_invoker=true' = any(reloptions), false)
        when 'i' then false when 'I' then false when 'c' then false when 'S' then false else not relrowsecurity end`;
    expect(rows).toEqual([]);
  });

  const cells = Object.entries(tables).flatMap(([table, rights]) =>
    callers.map((caller) => ({
      table,
      caller,
      allowed: caller === 'admin' || caller === 'member' ? (rights[caller] ?? []) : [],
    })),
  );
  it.each(cells)('$table: $caller may $allowed', async ({ table, caller, allowed }) => {
    const achieved: Verb[] = [];
    for (const verb of verbs) if (await achieves(caller, table, verb)) achieved.push(verb);
    expect(achieved).toEqual(allowed);
  });

  it.each(Object.keys(tables))(
    '%s: the anonymous caller is refused, not shown an empty list',
    { tags: ['publishable'] },
    async (table) => {
      const { error } = await clients.anonymous.from(table).select().limit(1);
      expect(error?.code).toBe('42501');
    },
  );

  it.each(Object.keys(tables))('%s: the service itself may read it', async (table) => {
    expect((await stack.adminClient().from(table).select().limit(1)).error).toBeNull();
  });

  it('grant people nothing beyond the four verbs', async () => {
    const rows = await stack.sql`
      select c.relname, r.rolname, p.privilege
      from pg_class c, (values ('anon'), ('authenticated')) as r(rolname),
        (values ('TRUNCATE'), ('REFERENCES'), ('TRIGGER')) as p(privilege)
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
        and has_table_privilege(r.rolname, c.oid, p.privilege)`;
    expect(rows).toEqual([]);
  });

  it('cannot be embedded: no way from a webhook to its secrets', async () => {
    await addWebhook(stack.sql);
    for (const caller of callers) {
      const { data, error } = await clients[caller]
        .from('webhooks')
        .select('id, webhook_secrets(*)')
        .limit(1);
      expect(JSON.stringify(data ?? '')).not.toContain('whsec_');
      expect(error).not.toBeNull();
    }
  });
});

describe('other schemas', () => {
  it.each(['webhook_partitions', 'auth', 'supabase_migrations', 'pg_catalog', 'information_schema'])(
    '%s is out of reach for everybody',
    async (schema) => {
      const [relation] = await stack.sql<{ relname: string }[]>`
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = ${schema} and c.relkind in ('r', 'p', 'v') order by 1 limit 1`;
      for (const client of [...Object.values(clients), stack.adminClient()]) {
        const { data, error } = await client
          .schema(schema)
          .from(relation?.relname ?? '')
          .select()
          .limit(1);
        expect([data, error?.code]).toEqual([null, 'PGRST106']);
      }
    },
  );

  it('partitions are not found under the schema public either', async () => {
    const { error } = await clients.admin.from('webhook_events_default').select();
    expect(error?.code).toBe('PGRST205');
    const rows = await stack.sql`
      select 1 where has_schema_privilege('anon', 'webhook_partitions', 'usage')
        or has_schema_privilege('authenticated', 'webhook_partitions', 'usage')`;
    expect(rows).toHaveLength(0);
  });
});

type FunctionCase = { may: readonly (Caller | 'service')[]; args?: () => Promise<Row> };
const everybody = [...callers, 'service'] as const;
const signedIn = ['stranger', 'member', 'admin'] as const;
const adminsOnly = ['admin', 'service'] as const;
const serviceOnly = ['service'] as const;
const ofNewWebhook = async () => ({ webhook_id: await addWebhook(stack.sql) });
const lead = { event_type: 'lead.created', payload: { id: '1' } };

const january = { since: '2026-01-01T00:00:00Z', until: '2026-02-01T00:00:00Z' };

const newJob = async () => {
  const [job] = await stack.sql<
    { id: string }[]
  >`insert into webhook_jobs (kind) values ('replay') returning id`;
  return job?.id ?? '';
};
/** A job as a composite value, finished so that nobody works on it. */
const jobRow = async () => {
  const [row] = await stack.sql<{ job: string }[]>`
    insert into webhook_jobs as j (kind, params, state, finished_at)
    values ('replay', '{"since": "2026-01-01T00:00:00Z"}', 'finished', now()) returning j::text as job`;
  return row?.job ?? '';
};

const ofNewDraft = async () => {
  const draft_id = await newDraft();
  const [row] = await stack.sql`select webhook_id from webhook_script_drafts where id = ${draft_id}`;
  return { webhook_id: row?.webhook_id, draft_id };
};

const functions: Record<string, FunctionCase> = {
  // What defaults, checks and verbs are made of: called in the name of whoever writes, and by nobody without a session.
  webhook_delivery_wait: {
    may: [...signedIn, 'service'],
    args: async () => ({
      target: unknownId(),
      for_test: false,
      queued_at: '2026-01-01T00:00:00Z',
      due: '2026-01-01T00:00:00Z',
      leased: false,
    }),
  },
  webhook_uuid_v7: { may: [...signedIn, 'service'] },
  webhook_uuid_v7_floor: {
    may: [...signedIn, 'service'],
    args: async () => ({ at: '2026-01-01T00:00:00Z' }),
  },
  webhook_is_blank: { may: [...signedIn, 'service'], args: async () => ({ value: '' }) },
  webhook_headers_are_valid: { may: [...signedIn, 'service'], args: async () => ({ headers: {} }) },
  webhook_url_is_valid: { may: [...signedIn, 'service'], args: async () => ({ url: 'https://a.test/' }) },
  webhook_condition_value_is_valid: { may: [...signedIn, 'service'], args: async () => ({ value: 1 }) },
  webhook_condition_is_valid: { may: [...signedIn, 'service'], args: async () => ({ condition: {} }) },
  webhook_conditions_are_valid: { may: [...signedIn, 'service'], args: async () => ({ conditions: [] }) },
  webhook_condition_term: {
    may: [...signedIn, 'service'],
    args: async () => ({ field: 'a', operator: 'present', value: null }),
  },
  webhook_condition_path: { may: [...signedIn, 'service'], args: async () => ({ conditions: [] }) },
  webhook_payload_text: { may: [...signedIn, 'service'], args: async () => ({ payload: {}, name: 'a' }) },
  webhook_record_label: {
    may: [...signedIn, 'service'],
    args: async () => ({ event_type: 'lead.created', payload: {} }),
  },
  webhook_search_fold: { may: [...signedIn, 'service'], args: async () => ({ value: 'É' }) },
  webhook_search_parts: { may: [...signedIn, 'service'], args: async () => ({ folded: 'a b' }) },
  webhook_search_phone: { may: [...signedIn, 'service'], args: async () => ({ value: '0612345678' }) },
  webhook_search_term: { may: [...signedIn, 'service'], args: async () => ({ word: 'a' }) },
  webhook_search_query: { may: [...signedIn, 'service'], args: async () => ({ words: ['a'] }) },
  webhook_event_words: { may: [...signedIn, 'service'], args: async () => ({ payload: {}, label: null }) },
  index_webhook_events: { may: serviceOnly, args: async () => ({ max_rows: 1 }) },
  index_late_webhook_events: { may: serviceOnly, args: async () => ({ max_rows: 1 }) },
  webhook_random_secret: { may: serviceOnly },
  webhook_event_types: { may: [...signedIn, 'service'] },
  webhook_event_name_is_valid: { may: [...signedIn, 'service'], args: async () => ({ name: 'x' }) },
  webhook_subscriptions_are_valid: { may: [...signedIn, 'service'], args: async () => ({ events: ['x'] }) },
  told_row_event: { may: [...signedIn, 'service'] },
  webhook_latency_bucket: { may: serviceOnly, args: async () => ({ duration_ms: 1 }) },
  webhook_subscribable_event_types: { may: [...signedIn, 'service'] },
  webhook_histogram: { may: serviceOnly, args: async () => ({ buckets: [1], counts: [2] }) },
  webhook_pause: { may: serviceOnly, args: async () => ({ pauses: 1 }) },
  webhook_pace_allowance: {
    may: serviceOnly,
    args: async () => ({ next_at: '2026-01-01T00:00:00Z', rate_limit: 5, at: '2026-01-01T00:00:00Z' }),
  },
  webhook_pace_turn: {
    may: serviceOnly,
    args: async () => ({ next_at: '2026-01-01T00:00:00Z', taken: 1, rate_limit: 5 }),
  },
  webhook_add_histograms: { may: serviceOnly, args: async () => ({ one: [1], other: [2] }) },
  webhook_acting_token: { may: serviceOnly },
  use_webhook_token: { may: serviceOnly, args: async () => ({ sha256: newDigest(), address: '192.0.2.1' }) },
  // Never the service, which acts for tokens.
  list_webhook_tokens: { may: ['admin'] },
  make_webhook_token: {
    may: ['admin'],
    args: async () => ({ name: 'x', prefix: 'dlk_x', sha256: newDigest(), scope: 'read', days: 30 }),
  },
  revoke_webhook_token: {
    may: ['admin'],
    args: async () => ({ token_id: (await tables.webhook_tokens?.seed('admin'))?.[1] }),
  },
  // Answer about the caller.
  is_webhook_admin: { may: [...signedIn, 'service'] },
  is_webhook_member: { may: [...signedIn, 'service'] },
  webhook_caller: { may: signedIn },
  webhook_session_lives: { may: [...signedIn, 'service'] },
  find_event_ids: {
    may: [...signedIn, 'service'],
    args: async () => ({ query: 'x', from_id: unknownId(), below: unknownId(), most: 1 }),
  },
  search_webhook_deliveries: { may: [...signedIn, 'service'], args: async () => ({ words: ['x'], most: 1 }) },
  list_webhooks_by_state: { may: [...signedIn, 'service'], args: async () => ({ most: 1 }) },
  webhook_readable_json: { may: [...signedIn, 'service'], args: async () => ({ payload: '{}' }) },
  webhook_jsonb: { may: [...signedIn, 'service'], args: async () => ({ payload: {} }) },
  list_webhook_manifest: {
    may: adminsOnly,
    args: async () => ({ ...(await ofNewWebhook()), most: 1 }),
  },
  search_webhook_records: { may: [...signedIn, 'service'], args: async () => ({ words: ['x'], most: 1 }) },
  webhook_row_queries: { may: [...signedIn, 'service'] },
  find_webhook_rows: { may: [...signedIn, 'service'], args: async () => ({ record_id: 'x' }) },
  list_webhook_events: { may: [...signedIn, 'service'], args: async () => ({ most: 1 }) },
  webhook_event_deliveries: { may: [...signedIn, 'service'], args: async () => ({ event_id: unknownId() }) },
  webhook_listens: {
    may: [...signedIn, 'service'],
    args: async () => ({ events: ['*'], event_type: 'lead.created' }),
  },
  get_webhook_event: { may: [...signedIn, 'service'], args: async () => ({ event_id: unknownId() }) },
  count_webhook_outcomes: {
    may: [...signedIn, 'service'],
    args: async () => ({ target: unknownId(), from_id: unknownId(), below: unknownId() }),
  },
  count_matching_events: {
    may: [...signedIn, 'service'],
    args: async () => ({
      target: unknownId(),
      types: ['lead.created'],
      from_id: unknownId(),
      below: '00000000-0000-0000-0000-000000000000',
      patience: '1 second',
    }),
  },
  webhook_condition_preview: {
    may: [...signedIn, 'service'],
    args: async () => ({ conditions: [], types: ['lead.created'] }),
  },
  // Run under the caller's policies: below is what a member sees through them.
  list_webhook_activity: {
    may: [...signedIn, 'service'],
    args: async () => ({ webhook_ids: [await addWebhook(stack.sql)] }),
  },
  count_failures: {
    may: [...signedIn, 'service'],
    args: async () => ({
      since: '2026-01-01T00:00:00Z',
      until: null,
      target: null,
      type: null,
      kinds: null,
      code_from: null,
      code_below: null,
      most: 1,
    }),
  },
  count_failed_deliveries: {
    may: [...signedIn, 'service'],
    args: async () => ({ since: '2026-01-01T00:00:00Z' }),
  },
  webhook_statistics: {
    may: [...signedIn, 'service'],
    args: async () => ({ step: '1 hour', periods: 1 }),
  },
  delete_crm_file: { may: [...signedIn, 'service'], args: async () => ({ id: unknownId() }) },
  crm_file_content: { may: [...signedIn, 'service'], args: async () => ({ id: unknownId() }) },
  upload_crm_file: {
    may: ['member', 'admin', 'service'],
    args: async () => ({ nom: 'x', type_mime: 'text/plain', lead_id: null, content_base64: 'QQ==' }),
  },
  emit_webhook_event: { may: ['member', 'admin', 'service'], args: async () => lead },
  emit_webhook_events: { may: ['member', 'admin', 'service'], args: async () => ({ events: [lead] }) },
  emit_webhook_events_each: {
    may: ['member', 'admin', 'service'],
    args: async () => ({ events: [JSON.stringify(lead)] }),
  },
  try_webhook_events: {
    may: ['member', 'admin', 'service'],
    args: async () => ({ events: [JSON.stringify(lead)] }),
  },
  reconcile_webhook: {
    may: adminsOnly,
    args: async () => ({ target: await addWebhook(stack.sql), ...january }),
  },
  webhook_reconciliation: { may: adminsOnly, args: async () => ({ ...(await ofNewWebhook()), ...january }) },
  count_untold_rows: {
    may: adminsOnly,
    args: async () => ({
      relation: 'crm_leads',
      event_type: 'lead.created',
      from_id: unknownId(),
      below: unknownId(),
    }),
  },
  send_missing_webhook_events: {
    may: adminsOnly,
    args: async () => ({ ...(await ofNewWebhook()), since: '2026-01-01T00:00:00Z' }),
  },
  backfill_webhook: {
    may: adminsOnly,
    args: async () => ({ ...(await ofNewWebhook()), kind: 'lead', dry_run: true }),
  },
  run_backfill_step: { may: serviceOnly, args: async () => ({ job: await jobRow(), max_rows: 1 }) },
  resume_webhook_job: { may: adminsOnly, args: async () => ({ job_id: await newJob() }) },
  run_missing_step: { may: serviceOnly, args: async () => ({ job: await jobRow(), max_rows: 1 }) },
  save_webhook_script_draft: {
    may: adminsOnly,
    args: async () => ({ ...(await ofNewWebhook()), script: 'return payload' }),
  },
  publish_webhook_script_draft: { may: adminsOnly, args: async () => await ofNewDraft() },
  discard_webhook_script_draft: { may: adminsOnly, args: async () => await ofNewDraft() },
  note_webhook_shadow_run: {
    may: serviceOnly,
    args: async () => ({ draft_id: unknownId(), outcome: 'same' }),
  },
  forget_shadow_examples: { may: serviceOnly, args: async () => ({ max_rows: 1 }) },
  webhook_configuration: { may: [...signedIn, 'service'], args: async () => ({}) },
  webhook_slug: { may: [...signedIn, 'service'], args: async () => ({ name: 'x' }) },
  note_webhook_export: { may: adminsOnly, args: async () => ({ exported: 1 }) },
  import_webhooks: { may: adminsOnly, args: async () => ({ changes: [] }) },
  forget_webhook_listeners: { may: serviceOnly, args: async () => ({ max_rows: 1 }) },
  start_webhook_listener: {
    may: adminsOnly,
    args: async () => ({ name: 'x', origin: 'https://a.test', events: ['lead.created'] }),
  },
  webhook_listener_requests: { may: adminsOnly, args: async () => ({ inbox_id: await newListener() }) },
  forget_late_deliveries: { may: serviceOnly, args: async () => ({ max_rows: 1 }) },
  activate_webhook: { may: adminsOnly, args: ofNewWebhook },
  delete_webhook: { may: adminsOnly, args: ofNewWebhook },
  cancel_waiting_deliveries: { may: adminsOnly, args: ofNewWebhook },
  pass_over_webhook_delivery: { may: adminsOnly, args: async () => ({ delivery_id: unknownId() }) },
  give_webhook_turns: {
    may: serviceOnly,
    args: async () => ({ after_webhook: null, floor: '2026-01-01T00:00:00Z', behind: '{}' }),
  },
  webhook_origin: { may: [], args: async () => ({ said: null }) },
  coalesce_webhook_deliveries: { may: [], args: async () => ({ event_ids: [] }) },
  webhook_merged_payload: { may: [...signedIn, 'service'], args: async () => ({ event_ids: [unknownId()] }) },
  cancel_webhook_deliveries: { may: adminsOnly, args: async () => ({ delivery_ids: [unknownId()] }) },
  replay_failed_deliveries: { may: adminsOnly, args: async () => ({ since: '2026-01-01T00:00:00Z' }) },
  stop_webhook_job: { may: adminsOnly, args: async () => ({ job_id: await newJob() }) },
  reveal_webhook_secrets: { may: adminsOnly, args: ofNewWebhook },
  rotate_webhook_secret: {
    may: adminsOnly,
    args: async () => ({ ...(await ofNewWebhook()), secret: 'secret_key' }),
  },
  redeliver_webhook_deliveries: { may: adminsOnly, args: async () => ({ delivery_ids: [unknownId()] }) },
  emit_and_claim_webhook_deliveries: {
    may: serviceOnly,
    args: async () => ({
      events: [],
      person: null,
      patience_ms: null,
      max_items: 0,
      worker: 'x',
      after_webhook: null,
      max_payload: null,
    }),
  },
  claim_webhook_deliveries: { may: serviceOnly, args: async () => ({ max_items: 1, worker: 'x' }) },
  exchange_webhook_deliveries: {
    may: serviceOnly,
    args: async () => ({ results: '[]', max_items: 1, worker: 'x' }),
  },
  release_webhook_leases: { may: serviceOnly, args: async () => ({ worker: 'x', present: 'x/1' }) },
  disable_failing_webhooks: { may: serviceOnly },
  release_unknown_webhook_leases: {
    may: serviceOnly,
    args: async () => ({ worker: 'x', under_way: [unknownId()] }),
  },
  settle_webhook_deliveries: { may: serviceOnly, args: async () => ({ results: [] }) },
  create_test_delivery: {
    may: serviceOnly,
    args: async () => ({ ...(await ofNewWebhook()), ...lead, worker: 'x' }),
  },
  end_queued_deliveries: {
    may: serviceOnly,
    args: async () => ({ delivery_ids: [unknownId()], error_kind: 'cancelled', error_message: 'x' }),
  },
  run_queue_ending_step: {
    may: serviceOnly,
    args: async () => ({
      target: unknownId(),
      before: null,
      max_rows: 1,
      error_kind: 'cancelled',
      error_message: 'x',
    }),
  },
  erase_webhook_record: { may: adminsOnly, args: async () => ({ record_id: unknownId() }) },
  webhook_record_digest: { may: [...signedIn, 'service'], args: async () => ({ record_id: 'x' }) },
  erase_records: { may: [], args: async () => ({ records: [unknownId()] }) },
  erase_webhook_events: { may: serviceOnly, args: async () => ({ event_ids: [unknownId()] }) },
  webhook_record_query: { may: serviceOnly, args: async () => ({ records: ['x'] }) },
  find_record_events: {
    may: serviceOnly,
    args: async () => ({ records: ['x'], from_id: unknownId(), below: unknownId(), most: 1 }),
  },
  find_recent_record_events: { may: [], args: async () => ({ records: ['x'], below: unknownId(), most: 1 }) },
  belonging_records: { may: serviceOnly, args: async () => ({ event_ids: [unknownId()], records: ['x'] }) },
  webhook_events_within: { may: serviceOnly, args: async () => ({ event_ids: [unknownId()], max_rows: 1 }) },
  run_erasure_step: {
    may: serviceOnly,
    args: async () => ({ params: { records: ['x'], before: unknownId() }, max_rows: 1 }),
  },
  note_erased_records: { may: serviceOnly, args: async () => ({ records: ['x'] }) },
  add_erasure_counts: { may: serviceOnly, args: async () => ({ erasure: unknownId(), added: {} }) },
  erase_as_indexed: { may: serviceOnly, args: async () => ({ event_ids: [unknownId()] }) },
  run_replay_step: { may: serviceOnly, args: async () => ({ job: await jobRow(), max_rows: 1 }) },
  count_job_deliveries: { may: serviceOnly, args: async () => ({ job: await jobRow() }) },
  run_webhook_job_step: { may: serviceOnly },
  webhook_delivery_batch: { may: serviceOnly, args: async () => ({ leased: '{}' }) },
  forget_row_events: { may: serviceOnly, args: async () => ({ max_rows: 1 }) },
  fold_statistics: { may: serviceOnly, args: async () => ({ max_rows: 1 }) },
  webhook_json_is_deep: { may: [], args: async () => ({ payload: {} }) },
  webhook_event_digest: { may: [], args: async () => ({ event_type: 'x', payload: {} }) },
  store_webhook_events: { may: [], args: async () => ({ events: [lead], of_rows: false }) },
  webhook_column_nature: { may: [], args: async () => ({ type: 25 }) },
  webhook_tellable_json: { may: [], args: async () => ({ value: {} }) },
  webhook_source_columns: {
    may: [],
    args: async () => ({ relation: 'crm_leads', ignore: [], iso_times: true }),
  },
  webhook_source_key: { may: [], args: async () => ({ relation: 'crm_leads' }) },
  webhook_source_row: {
    may: [],
    args: async () => ({ source: null, operation: 'insert', alias: 'r' }),
  },
  webhook_source_label: { may: [], args: async () => ({ source: null }) },
  webhook_source_update: { may: [], args: async () => ({ source: null }) },
  webhook_source_query: { may: [], args: async () => ({ relation: 'crm_leads', operation: 'INSERT' }) },
  webhook_source_statement: { may: [], args: async () => ({ relation: 'crm_leads', operation: 'INSERT' }) },
  webhook_short_events: { may: [], args: async () => ({ events: [] }) },
  detach_source_triggers: { may: [], args: async () => ({ relation: 'crm_leads' }) },
  webhook_source_faults: { may: [] },
  watch_sources: { may: [], args: async () => ({ max_rows: 1 }) },
  webhook_iso_time: { may: [], args: async () => ({ at: '2026-01-01T00:00:00Z' }) },
  webhook_record_key: { may: serviceOnly, args: async () => ({ id: 'x' }) },
  webhook_queue_floors: {
    may: serviceOnly,
    args: async () => ({ floor: '-infinity', behind: '{}' }),
  },
  note_webhook_exchange: {
    may: serviceOnly,
    args: async () => ({ worker: 'x', settles: false, own: '(x,,,,,,)' }),
  },
  webhook_backlog: { may: serviceOnly },
  webhook_queue_figures: { may: serviceOnly },
  webhook_schema_version: { may: serviceOnly },
  webhook_alert_is_valid: { may: [...signedIn, 'service'], args: async () => ({ alert: {} }) },
  webhook_event_is_system: { may: [...signedIn, 'service'], args: async () => ({ name: 'webhook.x' }) },
  tell_webhooks: {
    may: [],
    args: async () => ({ about: unknownId(), event_type: 'webhook.x', payload: {} }),
  },
  webhook_failure_cause: { may: [], args: async () => ({ error_kind: 'timeout', status_code: null }) },
  webhook_waiting_count: { may: [], args: async () => ({ target: unknownId() }) },
  failing_webhook_delivery: { may: [], args: async () => ({ target: unknownId() }) },
  webhook_failure_report: { may: [], args: async () => ({ delivery: unknownId() }) },
  begin_webhook_trouble: { may: [], args: async () => ({ target: unknownId(), condition: 'paused' }) },
  end_webhook_troubles: { may: [], args: async () => ({ target: unknownId(), conditions: ['paused'] }) },
  tell_exhausted_deliveries: { may: serviceOnly, args: async () => ({ settled: [unknownId()] }) },
  watch_receivers: { may: [], args: async () => ({ max_rows: 1 }) },
  watch_rates: { may: [], args: async () => ({ max_rows: 1 }) },
  due_webhook_chores: { may: serviceOnly },
  run_webhook_chore: { may: serviceOnly, args: async () => ({ chore: 'forget_jobs', keep_days: 30 }) },
  note_webhook_chore_failure: { may: serviceOnly, args: async () => ({ chore: 'none', error: 'x' }) },
  bury_webhook: { may: [], args: async () => ({ target: unknownId() }) },
  make_webhook_partition: { may: [] },
  drop_webhook_partition: { may: [], args: async () => ({ keep_days: 30 }) },
  trim_webhook_default_partition: { may: [], args: async () => ({ keep_days: 30, max_rows: 1 }) },
  end_orphaned_deliveries: { may: [], args: async () => ({ max_rows: 1 }) },
  webhook_day_is_needed: { may: [], args: async () => ({ day: '2026-01-01', keep_days: 30 }) },
  webhook_uuid_v7_time: { may: [...signedIn, 'service'], args: async () => ({ id: unknownId() }) },
  webhook_partition_key: { may: [], args: async () => ({ parent: 'webhook_events' }) },
  // For the SQL editor.
  attach_webhook_source: { may: [], args: async () => ({ relation: 'crm_leads', kind: 'lead' }) },
  detach_webhook_source: { may: [], args: async () => ({ relation: 'crm_leads' }) },
  grant_webhook_role: { may: [], args: async () => ({ email: 'stranger@devlink.test', role: 'admin' }) },
  webhook_default_partition_holds: {
    may: [],
    args: async () => ({ parent: 'webhook_events', day: '2026-01-01' }),
  },
};

describe('functions', () => {
  it('are all listed here, under one signature each', async () => {
    const rows = await stack.sql<{ proname: string }[]>`
      select proname from pg_proc
      where pronamespace = 'public'::regnamespace and prorettype <> 'trigger'::regtype order by 1`;
    expect(rows.map((row) => row.proname)).toEqual(Object.keys(functions).sort());
  });

  it('of triggers are called by their triggers alone', async () => {
    const rows = await stack.sql`
      select proname from pg_proc where pronamespace = 'public'::regnamespace and prorettype = 'trigger'::regtype
        and (has_function_privilege('anon', oid, 'execute') or has_function_privilege('authenticated', oid, 'execute'))`;
    expect(rows).toEqual([]);
  });

  it('run with their owner’s rights only where that was decided', async () => {
    const rows = await stack.sql<{ proname: string }[]>`
      select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef order by 1`;
    expect(rows.map((row) => row.proname)).toEqual([
      'activate_webhook',
      'after_breaker_closed',
      'after_breaker_opened',
      'after_playground_inbox_delete',
      'after_turn_ended',
      'after_webhook_delete',
      'after_webhook_disabled',
      'after_webhook_insert',
      'after_webhook_update',
      'backfill_webhook',
      'before_playground_request_insert',
      'before_webhook_delete',
      'before_webhook_events_write',
      'bury_webhook',
      'cancel_waiting_deliveries',
      'cancel_webhook_deliveries',
      'count_untold_rows',
      'delete_webhook',
      'discard_webhook_script_draft',
      'drop_webhook_partition',
      'emit_webhook_events',
      'end_queued_deliveries',
      'erase_records',
      'erase_webhook_record',
      'give_webhook_slug',
      'import_webhooks',
      'is_webhook_admin',
      'is_webhook_member',
      'keep_playground_small',
      'keep_script_version',
      'list_webhook_tokens',
      'make_webhook_partition',
      'make_webhook_token',
      'note_webhook_export',
      'pass_over_webhook_delivery',
      'publish_webhook_script_draft',
      'redeliver_webhook_deliveries',
      'replay_failed_deliveries',
      'resume_webhook_job',
      'reveal_webhook_secrets',
      'revoke_webhook_token',
      'rotate_webhook_secret',
      'run_backfill_step',
      'run_webhook_chore',
      'save_webhook_script_draft',
      'send_missing_webhook_events',
      'start_webhook_listener',
      'stop_webhook_job',
      'tell_exhausted_deliveries',
      'tell_quiet_drains',
      'tell_row_changes',
      'trim_webhook_default_partition',
      'webhook_day_is_needed',
      'webhook_listener_requests',
      'webhook_row_queries',
      'webhook_session_lives',
    ]);
  });

  it.each(Object.entries(functions))('%s: only those who may', async (name, { may, args }) => {
    const outcomes: Record<string, string> = {};
    for (const caller of everybody) {
      const client = caller === 'service' ? stack.adminClient() : clients[caller];
      const { error } = await client.rpc(name, await args?.());
      outcomes[caller] = error ? error.code : 'done';
    }
    const expected = everybody.map((caller) => [caller, may.includes(caller) ? 'done' : '42501']);
    expect(outcomes).toEqual(Object.fromEntries(expected));
  });

  it('can be executed by no role that has no caller above', async () => {
    const rows = await stack.sql<{ proname: string; anon: boolean; authenticated: boolean }[]>`
      select proname, has_function_privilege('anon', oid, 'execute') as anon,
        has_function_privilege('authenticated', oid, 'execute') as authenticated
      from pg_proc where pronamespace = 'public'::regnamespace and prorettype <> 'trigger'::regtype`;
    for (const { proname, anon, authenticated } of rows) {
      const may = functions[proname]?.may ?? [];
      const expected = [may.includes('anonymous'), signedIn.some((caller) => may.includes(caller))];
      expect([proname, anon, authenticated]).toEqual([proname, ...expected]);
    }
  });

  it('of triggers cannot be called', async () => {
    const rows = await stack.sql<{ proname: string }[]>`
      select proname from pg_proc where pronamespace = 'public'::regnamespace and prorettype = 'trigger'::regtype`;
    expect(rows.length).toBeGreaterThan(0);
    for (const { proname } of rows) expect((await clients.admin.rpc(proname)).error).not.toBeNull();
  });
});

describe('a stranger', () => {
  it('neither reads nor deletes a file through the functions', async () => {
    const [file] = await stack.sql`
      insert into crm_files (nom, taille, contenu) values ('secret.txt', 1, 'A') returning id`;
    expect(dataOf(await clients.stranger.rpc('crm_file_content', { id: file?.id }))).toBeNull();
    expect(dataOf(await clients.stranger.rpc('delete_crm_file', { id: file?.id }))).toBeNull();
    expect(await stack.sql`select from crm_files where id = ${file?.id}`).toHaveLength(1);
  });
});

describe('a member', () => {
  it('triggers, and the event keeps who it was', async () => {
    const { event_id } = dataOf<{ event_id: string }>(await clients.member.rpc('emit_webhook_event', lead));
    const [event] = await stack.sql`select triggered_by from webhook_events where id = ${event_id}`;
    expect(event?.triggered_by).toBe(userIds.member);
  });

  it('learns nothing of a webhook through the functions', async () => {
    const webhook_id = await addWebhook(stack.sql);
    const [id = ''] = await queueDeliveries(stack.sql, webhook_id);
    await stack.sql`select end_queued_deliveries(array[${id}::uuid], 'timeout', 'x')`;
    await queueDeliveries(stack.sql, webhook_id);
    await stack.sql`insert into webhook_health (webhook_id, failures) values (${webhook_id}, 3)`;
    await stack.sql`insert into webhook_stats_hourly (webhook_id, hour, succeeded, latency_histogram)
      values (${webhook_id}, date_trunc('hour', now()), 7, array_fill(0, array[16]))`;
    for (const caller of ['member', 'stranger'] as const) {
      const activity = await clients[caller].rpc('list_webhook_activity', { webhook_ids: [webhook_id] });
      expect(dataOf(activity)).toEqual([
        { webhook_id, waiting: 0, last_delivery_at: null, last_24h: [], health: null },
      ]);
      const statistics = await clients[caller].rpc('webhook_statistics', { step: '1 day', periods: 1 });
      expect(dataOf(statistics)).toMatchObject([{ succeeded: 0, failed: 0, retried: 0 }]);
      const failed = await clients[caller].rpc('count_failed_deliveries', {
        since: '2026-01-01T00:00:00Z',
        target: webhook_id,
      });
      expect(dataOf(failed)).toEqual({ count: 0, capped: false });
    }
    expect(await stack.sql`select from webhook_history where id = ${id}`).toHaveLength(1);
  });

  it('cannot stop, change or delete a webhook', async () => {
    const id = await addWebhook(stack.sql);
    await clients.member.from('webhooks').update({ url: 'https://evil.test/' }).eq('id', id);
    await clients.member.from('webhooks').upsert({ id, name: 'x', url: 'https://evil.test/', events: [] });
    await clients.member.from('webhooks').delete().eq('id', id);
    const [webhook] = await stack.sql`select url from webhooks where id = ${id}`;
    expect(webhook?.url).toBe('https://receiver.test/hook');
  });
});

describe('nobody makes himself an administrator', () => {
  it.each(['stranger', 'member'] as const)('%s', async (caller) => {
    const client = await stack.clientFor(caller);
    const user_id = userIds[caller];
    await client.from('webhook_roles').upsert({ user_id, role: 'admin' });
    await client.from('webhook_roles').update({ role: 'admin' }).eq('user_id', user_id);
    await client.rpc('grant_webhook_role', { email: `${caller}@devlink.test`, role: 'admin' });
    await client.auth.updateUser({ data: { role: 'admin', is_admin: true, webhook_role: 'admin' } });
    await client.auth.refreshSession();
    expect(dataOf(await client.rpc('is_webhook_admin'))).toBe(false);
    await addWebhook(stack.sql);
    expect((await client.from('webhooks').select()).data).toEqual([]);
  });

  it('a token that we did not sign counts for nothing', async () => {
    const [header, payload] = (await stack.accessToken('member')).split('.');
    const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, role: 'service_role' })).toString('base64url');
    const unsigned = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    for (const token of [`${header}.${forged}.${'A'.repeat(43)}`, `${unsigned}.${forged}.`]) {
      const { status } = await fetch(`${stack.supabaseUrl}/rest/v1/webhooks?select=id`, {
        headers: { apikey: stack.publishableKey, authorization: `Bearer ${token}` },
      });
      expect(status).toBe(401);
    }
  });
});

describe('the audit log', () => {
  const actionsOf = (webhookId: string) =>
    stack.sql`select action, user_id from webhook_audit_log where webhook_id = ${webhookId} order by id`;

  it('keeps every reveal and who asked, also for the service itself', async () => {
    const webhook_id = await addWebhook(stack.sql);
    dataOf(await clients.admin.rpc('reveal_webhook_secrets', { webhook_id }));
    dataOf(await stack.adminClient().rpc('reveal_webhook_secrets', { webhook_id }));
    expect([...(await actionsOf(webhook_id))]).toEqual([
      { action: 'created', user_id: null },
      { action: 'secrets_revealed', user_id: userIds.admin },
      { action: 'secrets_revealed', user_id: null },
    ]);
  });

  it('keeps nothing of a reveal that was refused or found nothing', { tags: ['publishable'] }, async () => {
    const webhook_id = await addWebhook(stack.sql);
    for (const caller of ['anonymous', 'stranger', 'member'] as const) {
      const { data } = await clients[caller].rpc('reveal_webhook_secrets', { webhook_id });
      expect(data).toBeNull();
    }
    const missing = unknownId();
    const { error } = await clients.admin.rpc('reveal_webhook_secrets', { webhook_id: missing });
    expect(error?.message).toBe('webhook_not_found');
    expect(await actionsOf(webhook_id)).toHaveLength(1);
    expect(await actionsOf(missing)).toHaveLength(0);
  });
});
