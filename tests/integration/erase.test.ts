import { randomUUID } from 'node:crypto';
import type { SupabaseClient } from '@supabase/supabase-js';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { emptyTables } from '../support/emptyTables';
import { testStack } from '../support/testStack';
import {
  addWebhook,
  claim,
  claimAll,
  dataOf,
  finishJobs,
  resultOf,
  retryAfter,
  settle,
  settleAll,
  unknownId,
} from '../support/webhooks';

/*
 * Erasing a record: nothing of the person is found afterwards, wherever it is looked for.
 */

type Erased = {
  events: number;
  deliveries: number;
  ended: number;
  attempts: number;
  requests: number;
  job: { id: string } | null;
};
const nothing = { events: 0, deliveries: 0, ended: 0, attempts: 0, requests: 0, job: null };
const person = {
  nom: 'Lefèvre',
  prenom: 'Chloé',
  email: 'chloe.lefevre@acme.test',
  telephone: '+33 6 47 58 69 70',
};
/** However it is folded or cut into words. */
const traces = ['lefèvre', 'lefevre', 'chloé', 'chloe', 'acme', '647586970', '47 58 69 70'];

const stack = testStack();
let admin: SupabaseClient;
let service: SupabaseClient;
beforeAll(async () => {
  admin = await stack.clientFor('admin');
  service = stack.adminClient();
});
beforeEach(async () => {
  await emptyTables(stack.sql);
  await stack.sql`delete from crm_appointments`;
  await stack.sql`delete from crm_leads`;
  await stack.sql`delete from playground_inboxes`;
  await emptyTables(stack.sql);
});

const emit = async (event_type: string, payload: object, key?: string) =>
  dataOf<{ event_id: string }>(
    await service.rpc('emit_webhook_event', { event_type, payload, idempotency_key: key ?? null }),
  ).event_id;
const erase = async (record_id: string, client = admin) =>
  dataOf<Erased>(await client.rpc('erase_webhook_record', { record_id }));
const index = async () => {
  for (;;) {
    const [row] = await stack.sql<{ n: number }[]>`select index_webhook_events(5000) as n`;
    if (row?.n === 0) return;
  }
};
const payloads = async () =>
  (await stack.sql`select event_type, payload from webhook_events order by id`).map(
    ({ event_type, payload }) => [event_type, payload],
  );

/** Every column of every table, partitions too, that has one of these texts in it, in any form. */
async function foundIn(texts: string[]): Promise<string[]> {
  const columns = await stack.sql<{ relation: string; column: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as relation, quote_ident(a.attname) as column
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
    where n.nspname in ('public', 'webhook_partitions') and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
      and a.atttypid::regtype::text not in ('integer', 'boolean', 'uuid', 'smallint', 'bigint', 'timestamp with time zone', 'interval')
      -- Texts of ours, the same in each database: some have a part of a name in them.
      and c.relname <> 'webhook_failure_causes' and pg_relation_size(c.oid) > 0`;
  const found: string[] = [];
  for (const { relation, column } of columns) {
    const [row] = await stack.sql.unsafe(
      `select count(*)::int as n from ${relation} t, unnest($1::text[]) as x (text)
       where strpos(lower(t.${column}::text), x.text) > 0 or strpos(t.${column}::text, encode(convert_to(x.text, 'UTF8'), 'hex')) > 0`,
      [texts],
    );
    if (row?.n > 0) found.push(`${relation}.${column}`);
  }
  return found.sort();
}

/** A lead with everything that can be kept of it, its appointment too. Returns its id. */
async function fullHistory(id: string = randomUUID()): Promise<string> {
  const sent = await addWebhook(stack.sql, { events: ['lead.*', 'appointment.*'] });
  await emit('lead.created', { id, ...person }, `key-${id}`);
  await emit('lead.updated', { id, changes: person, previous: { nom: 'x' } });
  const visit = randomUUID();
  await emit('appointment.created', { id: visit, lead_id: id, titre: 'Visite de Chloé Lefèvre' });
  await emit('appointment.cancelled', { id: visit, motif: 'Chloé est malade' });
  const items = await claimAll(service);
  const texts = {
    request_body: JSON.stringify(person),
    response_headers: { 'x-a': 'chloe' },
    response_body: 'Bonjour Chloé Lefèvre',
    console: [{ level: 'log' as const, text: 'Chloé' }],
  };
  const results = items.map((item, n) =>
    resultOf(item, n % 2 ? texts : { ...texts, ...retryAfter(0), error_message: 'no Chloé here' }),
  );
  await settle(service, results as never);
  const [inbox] = await stack.sql`insert into playground_inboxes (name) values ('x') returning id`;
  await stack.sql`insert into playground_requests (inbox_id, method, headers, body, delivery_id, answered_status, seed_signature, standard_signature)
    values (${inbox?.id}, 'POST', '{}', ${JSON.stringify(person)}, ${items[0]?.id ?? ''}, 200, 'valid', 'valid')`;
  const script = 'return payload';
  const draft_id = dataOf<string>(await admin.rpc('save_webhook_script_draft', { webhook_id: sent, script }));
  for (const { event_id } of items) {
    const outcomes = {
      live: JSON.stringify(person),
      draft: null,
      live_error: null,
      draft_error: 'Chloé is not defined',
    };
    const example = { event_id, event_type: 'lead.created', ...outcomes };
    dataOf(await service.rpc('note_webhook_shadow_run', { draft_id, outcome: 'failed', example }));
  }
  await stack.sql`update webhooks set status = 'inactive' where id = ${sent}`;
  return id;
}

describe('after erasing, nothing of the person is found', () => {
  it.each(['what is indexed', 'what is not indexed yet'])(
    'of %s, in any column of any table',
    async (when) => {
      const id = await fullHistory();
      if (when === 'what is indexed') await index();
      expect(await foundIn(traces)).toContain('public.playground_requests.body');
      const other = await emit('lead.created', { id: unknownId(), nom: 'Martin' });
      expect(await erase(id)).toMatchObject({
        events: 4,
        deliveries: 4,
        ended: 2,
        attempts: 4,
        requests: 1,
        job: null,
      });
      expect(await foundIn(traces)).toEqual([]);
      await index();
      expect(await foundIn(traces)).toEqual([]);
      expect(await stack.sql`select payload from webhook_events where id = ${other}`).toEqual([
        { payload: expect.objectContaining({ nom: 'Martin' }) },
      ]);
      expect(await erase(id)).toEqual(nothing);
    },
  );

  it('by a search; the record’s id still finds that there was something', async () => {
    const id = await fullHistory();
    await index();
    await erase(id);
    for (const words of [['lefevre'], ['Chloé'], [person.email], ['0647586970']])
      expect(dataOf(await admin.rpc('search_webhook_deliveries', { words, most: 10 }))).toEqual([]);
    const rows = dataOf<object[]>(
      await admin.rpc('search_webhook_deliveries', { words: [], most: 10, record_id: id }),
    );
    expect(rows.length).toBe(2);
    expect(JSON.stringify(rows)).not.toMatch(/lef|chlo/i);
  });

  it('and the log says who, when and how much, by the digest of the id', async () => {
    const id = await fullHistory();
    await erase(id);
    const rows = await stack.sql`
      select action, user_id, webhook_id, counts from webhook_audit_log where record_digest = webhook_record_digest(${id})`;
    const { data } = await admin.auth.getUser();
    expect([...rows]).toEqual([
      {
        action: 'record_erased',
        user_id: data.user?.id,
        webhook_id: null,
        counts: { events: 4, deliveries: 4, ended: 2, attempts: 4, requests: 1 },
      },
    ]);
    expect(await foundIn([id.slice(0, 23)])).not.toContain('public.webhook_audit_log.record_digest');
  });
});

describe('what it takes', () => {
  it.each(['42', "o'brien\\x", 'a b', 'Chloé/é', '=1', '^1', 'x'.repeat(200)])(
    'an id that is no UUID: %s',
    async (id) => {
      await addWebhook(stack.sql);
      await emit('lead.created', { id, nom: 'Lefèvre' });
      await emit('file.uploaded', { id: 'f', lead_id: id, nom: 'Lefèvre' });
      await emit('lead.created', { id: `${id.slice(0, 150)}!`, nom: 'Martin' });
      await index();
      expect(await erase(id)).toMatchObject({ events: 2, deliveries: 1, job: null });
      expect(await foundIn(['lefèvre', 'lefevre'])).toEqual([]);
      expect(await foundIn(['martin'])).not.toEqual([]);
    },
  );

  it('a number as id stays one', async () => {
    await emit('lead.created', { id: 42, nom: 'Lefèvre' });
    await erase('42');
    expect(await payloads()).toEqual([['lead.created', { id: 42, erased: true }]]);
  });

  it('nothing of a record that nobody knows', async () => {
    await emit('lead.created', { id: '1' });
    expect(await erase(unknownId())).toEqual(nothing);
  });

  it.each(['', '   ', 'x'.repeat(201), null])('no id such as %j', async (record_id) => {
    expect((await admin.rpc('erase_webhook_record', { record_id })).error?.message).toBe('validation_failed');
  });

  it('ends what waits, but a deletion goes out with the id alone', async () => {
    await addWebhook(stack.sql, { events: ['lead.*'] });
    const id = randomUUID();
    await emit('lead.created', { id, ...person });
    await emit('lead.deleted', { id, ...person });
    expect(await erase(id)).toMatchObject({ events: 2, deliveries: 2, ended: 1 });
    const history = await stack.sql`select event_type, status, last_error_kind from webhook_history`;
    expect([...history]).toEqual([
      { event_type: 'lead.created', status: 'failed', last_error_kind: 'erased' },
    ]);
    const claimed = await claim(service);
    expect(claimed.batch.items).toHaveLength(1);
    expect(JSON.stringify(claimed.batch)).toContain('lead.deleted');
    expect(JSON.stringify(claimed.batch)).not.toContain('Chlo');
  });

  it('never goes out again', async () => {
    const webhookId = await addWebhook(stack.sql);
    const id = randomUUID();
    await emit('lead.created', { id, ...person });
    const [item] = await claimAll(service);
    if (!item) throw new Error('nothing claimed');
    await settle(service, [resultOf(item, { ...retryAfter(0), status: 'failed', delay_ms: undefined })]);
    await erase(id);
    expect(dataOf(await admin.rpc('redeliver_webhook_deliveries', { delivery_ids: [item.id] }))).toEqual([
      { id: item.id, result: 'erased' },
    ]);
    dataOf(await admin.rpc('replay_failed_deliveries', { since: '2026-01-01', target: webhookId }));
    await finishJobs(service);
    expect(await stack.sql`select from webhook_queue`).toHaveLength(0);
  });
});

describe('what is being sent', () => {
  it('writes nothing when it comes back, and a deletion goes again without its texts', async () => {
    await addWebhook(stack.sql, { events: ['lead.*'] });
    const id = randomUUID();
    await emit('lead.created', { id, ...person });
    await emit('lead.deleted', { id, ...person });
    const items = await claimAll(service);
    expect(items).toHaveLength(2);
    expect(await erase(id)).toMatchObject({ deliveries: 2, ended: 1 });
    const results = items.map((item) =>
      resultOf(item, { request_body: JSON.stringify(person), response_body: 'Chloé' }),
    );
    expect(await settleAll(service, results)).toEqual({ settled: [], busy: [] });
    expect(await foundIn(traces)).toEqual([]);
    await stack.sql`update webhook_queue set locked_until = now()`;
    const again = await claimAll(service);
    expect(again.map((item) => item.id)).toEqual([items[1]?.id]);
    await settle(service, [resultOf(again[0] ?? { id: '', fence: 0 })]);
    expect(await foundIn(traces)).toEqual([]);
  });

  it('leaves no body in an inbox of the playground that it reaches later', async () => {
    await addWebhook(stack.sql);
    const id = randomUUID();
    await emit('lead.created', { id, ...person });
    const [item] = await claimAll(service);
    await erase(id);
    const [inbox] = await stack.sql`insert into playground_inboxes (name) values ('x') returning id`;
    await stack.sql`insert into playground_requests (inbox_id, method, headers, body, delivery_id, answered_status, seed_signature, standard_signature)
      values (${inbox?.id}, 'POST', '{}', ${JSON.stringify(person)}, ${item?.id ?? ''}, 200, 'valid', 'valid')`;
    expect(await foundIn(traces)).toEqual([]);
  });

  it('waits for a settle that is under way', async () => {
    await addWebhook(stack.sql);
    const id = randomUUID();
    await emit('lead.created', { id, ...person });
    const [item] = await claimAll(service);
    if (!item) throw new Error('nothing claimed');
    const results = [resultOf(item, { request_body: JSON.stringify(person) })];
    let erasing: Promise<Erased> | undefined;
    await stack.sql.begin(async (sql) => {
      await sql`select settle_webhook_deliveries(${JSON.stringify(results)}::text::json)`;
      erasing = erase(id);
      for (;;) {
        const [row] =
          await stack.sql`select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and query ~ 'erase_webhook_record'`;
        if (row?.n > 0) break;
      }
    });
    expect(await erasing).toMatchObject({ events: 1, deliveries: 1, attempts: 1, ended: 0 });
    expect(await foundIn(traces)).toEqual([]);
  });
});

describe('10,000 events', { timeout: 180_000 }, () => {
  const many = async (id: string, thousands = 10) => {
    await addWebhook(stack.sql, { events: ['lead.*'] });
    for (let n = 0; n < thousands; n += 1)
      await stack.sql`select emit_webhook_events(json_agg(json_build_object('event_type', 'lead.updated',
        'payload', json_build_object('id', ${id}::text, 'nom', 'Lefèvre ' || n)))) from generate_series(1, 1000) n`;
  };
  const stepUntilDone = async () => {
    const took: number[] = [];
    for (;;) {
      const began = performance.now();
      const job = dataOf<{ state: string } | null>(await service.rpc('run_webhook_job_step', {}));
      took.push(performance.now() - began);
      if (!job) return took.sort((a, b) => a - b);
    }
  };

  it('are erased in steps: some at once, the rest by a job', async () => {
    const id = randomUUID();
    await many(id);
    await index();
    const began = performance.now();
    const answer = await erase(id);
    expect(performance.now() - began).toBeLessThan(2000);
    expect(answer.events).toBeLessThan(1000);
    expect(answer.job).not.toBeNull();
    const took = await stepUntilDone();
    expect(took[Math.floor(took.length / 2)]).toBeLessThan(500);
    expect(await foundIn(['lef'])).toEqual([]);
    const [row] =
      await stack.sql`select counts ->> 'events' as n from webhook_audit_log where action = 'record_erased'`;
    expect(row?.n).toBe('10000');
    const [job] = await stack.sql`select state, params ->> 'records' as records from webhook_jobs`;
    expect(job).toEqual({ state: 'finished', records: '[]' });
  });

  it('also where the index of words comes only afterwards', async () => {
    const id = randomUUID();
    await many(id, 3);
    await erase(id);
    await index();
    await stepUntilDone();
    expect(await foundIn(['lef'])).toEqual([]);
  });
});

it('an event of a transaction that ends later is erased when it comes to the index', async () => {
  const id = randomUUID();
  await addWebhook(stack.sql);
  await stack.sql.begin(async (sql) => {
    await sql`select emit_webhook_event('lead.created', ${JSON.stringify({ id, ...person })}::text::json)`;
    expect(await erase(id)).toEqual(nothing);
  });
  expect(await foundIn(traces)).not.toEqual([]);
  await index();
  await finishJobs(service);
  expect(await foundIn(traces)).toEqual([]);
  // What is told of the record from now on is its new life.
  await emit('lead.created', { id, ...person });
  await index();
  expect(await stack.sql`select from webhook_jobs where state = 'running'`).toHaveLength(0);
  expect(await foundIn(traces)).not.toEqual([]);
});

describe('by the deletion of the row', () => {
  const things = async (options: string) => {
    await stack.sql.unsafe(`drop table if exists things;
      create table things (id bigint primary key, nom text, email text);
      select attach_webhook_source('things', kind => 'thing', label => array['nom']${options})`);
    await addWebhook(stack.sql, { events: ['thing.*'] });
  };
  const write = async () => {
    await stack.sql`insert into things values (1, 'Lefèvre', 'chloe@acme.test'), (2, 'Martin', 'm@x.test')`;
    await stack.sql`update things set nom = 'Lefèvre-B' where id = 1`;
  };

  it('where the source says so, in its transaction', async () => {
    await things(', erases => true');
    await write();
    await stack.sql`delete from things where id = 1`;
    expect(await foundIn(traces)).toEqual([]);
    expect(await payloads()).toEqual([
      ['thing.created', { id: 1, erased: true }],
      ['thing.created', { id: 2, nom: 'Martin', email: 'm@x.test' }],
      ['thing.updated', { id: 1, erased: true }],
      ['thing.deleted', { id: 1, erased: true }],
    ]);
    const waiting = await stack.sql`select event_type from webhook_queue order by id`;
    expect(waiting.map((row) => row.event_type)).toEqual(['thing.created', 'thing.deleted']);
    await stack.sql`drop table things`;
  });

  it('not where it does not, and not when the transaction is taken back', async () => {
    await things('');
    await write();
    await stack.sql`delete from things where id = 1`;
    expect(await foundIn(['lefèvre'])).not.toEqual([]);
    await things(', erases => true');
    await write();
    await stack.sql
      .begin(async (sql) => {
        await sql`delete from things`;
        throw new Error('taken back');
      })
      .catch(() => {});
    expect(await stack.sql`select from webhook_events where erased_at is not null`).toHaveLength(0);
    await stack.sql`drop table things`;
  });

  it('of thousands at once: the statement does some, jobs the rest', async () => {
    await things(', erases => true');
    await stack.sql`insert into things select n, 'Lefèvre', 'chloe@acme.test' from generate_series(1, 1500) n`;
    await index();
    await stack.sql`delete from things`;
    await index();
    for (;;) if (dataOf(await service.rpc('run_webhook_job_step', {})) === null) break;
    expect((await foundIn(traces)).filter((column) => !column.startsWith('public.things'))).toEqual([]);
    const [row] = await stack.sql`select count(*)::int as n from webhook_queue`;
    expect(row?.n).toBe(1500);
    await stack.sql`drop table things`;
  }, 180_000);
});

it('is for administrators and the service', async () => {
  const member = await stack.clientFor('member');
  expect((await member.rpc('erase_webhook_record', { record_id: '1' })).error?.code).toBe('42501');
  expect(await erase('1', service)).toEqual(nothing);
});
