import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestStack, type TestStack } from '../support/database';
import { addWebhook } from '../support/webhooks';

/*
 * attach_webhook_source: what an attached table tells.
 */

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.stop());
afterEach(async () => {
  await stack.sql`drop table if exists things, clients cascade`;
  await stack.sql`drop type if exists mood, place cascade`;
  await stack.sql`delete from webhook_events`;
  await stack.sql`delete from webhook_queue`;
  await stack.sql`delete from webhooks`;
});

const told = async () =>
  (await stack.sql`select event_type, payload::text from webhook_events order by id`).map(
    ({ event_type, payload }) => [event_type, payload] as [string, string],
  );
/** Events with their payloads; numbers as JavaScript reads them. */
const toldParsed = async () => (await told()).map(([type, payload]) => [type, JSON.parse(payload)]);

/** Makes a table and attaches it. */
async function attach(columns: string, options = "kind => 'thing'") {
  await stack.sql.unsafe(`create table things (${columns});
    select attach_webhook_source('things', ${options});`);
}

it('docs/events.md: the five lines tell what they say', async () => {
  const text = readFileSync(path.join(import.meta.dirname, '../../docs/events.md'), 'utf8');
  const lines = /```sql\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  expect(lines.trim().split('\n')).toHaveLength(5);
  await stack.sql.unsafe(lines);
  const documented = [...text.matchAll(/^\| `(client\.\w+)` \| `(\{.*?\})`:/gm)];
  expect(documented).toHaveLength(3);
  expect(await toldParsed()).toEqual(documented.map(([, type, json]) => [type, JSON.parse(json ?? '')]));
});

describe('values', () => {
  it('go out as the JSON of the row has them, binary ones never', async () => {
    await stack.sql`create type mood as enum ('gai', 'triste')`;
    await stack.sql`create type place as (rue text, photo bytea)`;
    await attach(`code text primary key, gros bigint, exact numeric, jour date, moment timestamptz, vrai boolean, corps jsonb, brut json,
      liste int[], humeur mood, photo bytea, photos bytea[], lieu place, calcul int generated always as (length(code)) stored, id int`);
    await stack.sql.begin(async (sql) => {
      await sql`set local timezone = 'Asia/Kolkata'`;
      await sql`insert into things values ('a', 9007199254740993, 1.50, '2026-01-15', '2026-01-15T10:30:00.123456Z', true, '{"b": 1}', '{"z":1, "a":2}',
      '{1,2}', 'gai', 'x', array['x'::bytea], row('x', 'x')::place, default, 7)`;
    });
    expect(await told()).toEqual([
      [
        'thing.created',
        '{"id":"a","code":"a","gros":9007199254740993,"exact":1.50,"jour":"2026-01-15","moment":"2026-01-15T10:30:00.123456+00:00",' +
          '"vrai":true,"corps":{"b": 1},"brut":{"z":1, "a":2},"liste":[1,2],"humeur":"gai","calcul":1}',
      ],
    ]);
  });

  it('which no payload can hold go out as their text', async () => {
    await attach('id int primary key, j json');
    const deep = `${'['.repeat(198)}${']'.repeat(198)}`;
    const values = ['{"a":"\\u0000"}', '"\\ud800"', deep, `${'['.repeat(150)}${']'.repeat(150)}`, '1e999999'];
    for (const [n, value] of values.entries())
      await stack.sql`insert into things values (${n}, ${value}::text::json)`;
    const texts = (await told()).map(([, payload]) => payload.slice(payload.indexOf('"j":') + 4, -1));
    expect(texts).toEqual([...values.slice(0, 3).map((value) => JSON.stringify(value)), ...values.slice(3)]);
  });

  it('that are too large leave the record’s id', async () => {
    await attach('id int primary key, t text');
    await stack.sql`insert into things select n, repeat('x', n * 200000) from generate_series(1, 2) n`;
    await stack.sql`update things set t = t || 'y'`;
    const all = (await told()).map(([type, payload]) => [
      type,
      payload.length > 1000 ? 'whole' : JSON.parse(payload),
    ]);
    const cut = { id: 2, too_large: true };
    expect(all).toEqual([
      ['thing.created', 'whole'],
      ['thing.created', cut],
      ['thing.updated', { id: 1, too_large: true }],
      ['thing.updated', cut],
    ]);
  });

  it('of sixty columns with names of all kinds', async () => {
    const names = [...Array.from({ length: 60 }, (_, n) => `c${n}`), 'a "b" %s\'c', 'n', '#n', 'é'];
    const quoted = names.map((name) => `"${name.replaceAll('"', '""')}"`);
    await attach(`"la clé %" int primary key, ${quoted.map((name) => `${name} int`).join(', ')}`);
    await stack.sql`insert into things ("la clé %") values (1)`;
    await stack.sql.unsafe(`update things set ${quoted.map((name) => `${name} = 2`).join(', ')}`);
    const changes = Object.fromEntries(names.map((name) => [name, 2]));
    const previous = Object.fromEntries(names.map((name) => [name, null]));
    expect(await toldParsed()).toEqual([
      ['thing.created', { id: 1, 'la clé %': 1, ...previous }],
      ['thing.updated', { id: 1, changes, previous }],
    ]);
  });
});

describe('a label', () => {
  const labels = async () =>
    (
      await stack.sql`select event_type, coalesce(record_label, webhook_record_label(event_type, payload)) as label, record_label
        from webhook_events order by id`
    ).map(({ event_type, label, record_label }) => [event_type, label, record_label]);

  it('is in the payload of a row, and beside that of an update: as it is after the change', async () => {
    await attach(
      'id int primary key, prenom text, nom text, autre int',
      "kind => 'thing', label => array['prenom', 'nom']",
    );
    await stack.sql`insert into things values (1, 'Chloé', 'Lefèvre')`;
    await stack.sql`update things set autre = 1`;
    await stack.sql`update things set nom = 'Martin'`;
    await stack.sql`update things set prenom = null`;
    await stack.sql`delete from things`;
    expect(await labels()).toEqual([
      ['thing.created', 'Chloé Lefèvre', null],
      ['thing.updated', 'Chloé Lefèvre', 'Chloé Lefèvre'],
      ['thing.updated', 'Chloé Martin', 'Chloé Martin'],
      ['thing.updated', 'Martin', 'Martin'],
      ['thing.deleted', 'Martin', null],
    ]);
  });

  it('is the newest one of a table that is attached again', async () => {
    await attach('id int primary key, nom text, prenom text');
    for (const label of ['nom', 'prenom']) {
      await stack.sql`select attach_webhook_source('things', 'thing', array[${label}])`;
      await stack.sql`insert into things select count(*), 'Lefèvre', 'Chloé' from things`;
      const told = await stack.sql`select webhook_record_label(event_type, payload) as label
        from webhook_events order by id desc limit 1`;
      expect(told).toEqual([{ label: label === 'nom' ? 'Lefèvre' : 'Chloé' }]);
    }
  });

  it('is nothing where a table has none, and of a lead its name, also when only its status changes', async () => {
    await attach('id int primary key, a int');
    await stack.sql`insert into things values (1, 1)`;
    await stack.sql`update things set a = 2`;
    await stack.sql`insert into crm_leads (prenom, nom) values ('Chloé', 'Lefèvre')`;
    await stack.sql`update crm_leads set statut = 'gagne' where nom = 'Lefèvre'`;
    expect((await labels()).map(([type, label]) => [type, label])).toEqual([
      ['thing.created', null],
      ['thing.updated', null],
      ['lead.created', 'Chloé Lefèvre'],
      ['lead.updated', 'Chloé Lefèvre'],
      ['lead.status_changed', 'Chloé Lefèvre'],
    ]);
  });
});

describe('changes', () => {
  it('of nothing, or of what is ignored, tell nothing', async () => {
    await attach('id int primary key, a int, b int, photo bytea', "kind => 'thing', ignore => array['b']");
    await stack.sql`insert into things values (1, 1, 1, 'x')`;
    await stack.sql`update things set a = a, b = 2, photo = 'y'`;
    await stack.sql`update things set a = 2 where false`;
    await stack.sql`update things set a = null, b = 3`;
    expect(await toldParsed()).toEqual([
      ['thing.created', { id: 1, a: 1 }],
      ['thing.updated', { id: 1, changes: { a: null }, previous: { a: 1 } }],
    ]);
  });

  it('of a key make another record', async () => {
    await attach('id int primary key deferrable, a int');
    await stack.sql`insert into things values (1, 1), (2, 2)`;
    await stack.sql`delete from webhook_events`;
    await stack.sql`update things set id = id + 1, a = a * 10`;
    expect(await toldParsed()).toEqual([
      ['thing.deleted', { id: 1, a: 1 }],
      ['thing.updated', { id: 2, changes: { a: 10 }, previous: { a: 2 } }],
      ['thing.created', { id: 3, a: 20 }],
    ]);
  });

  it.each([
    ['bigint', '1', '9007199254740993'],
    ['text', "'a'", `'${'k'.repeat(2000)}'`],
    ['timestamptz', "'2026-01-01'", "'2026-01-02'"],
    ['numeric', '1.0', '2'],
    ['bytea', "'a'", "'b'"],
    ['int[]', "'{1}'", "'{2}'"],
  ])('of a record whose key is a %s', async (type, one, other) => {
    await attach(`ref ${type} primary key, a int`);
    await addWebhook(stack.sql, { events: ['thing.updated'] });
    await stack.sql.unsafe(`insert into things values (${one}, 1), (${other}, 2)`);
    await stack.sql.unsafe(`update things set a = 3 where ref = ${other}`);
    const [row] = await stack.sql.unsafe(`select to_json(ref)::text as id from things where a = 3`);
    expect((await told()).at(-1)).toEqual([
      'thing.updated',
      `{"id" : ${row?.id}, "changes" : { "a" : 3 }, "previous" : { "a" : 2 }}`,
    ]);
    expect(await stack.sql`select from webhook_queue where event_type = 'thing.updated'`).toHaveLength(1);
  });

  it('of a partitioned table, also from one partition to another', async () => {
    await stack.sql.unsafe(`create table things (id int primary key, a int) partition by range (id);
      create table things_low partition of things for values from (0) to (10);
      create table things_high partition of things for values from (10) to (20);
      select attach_webhook_source('things', kind => 'thing');`);
    await stack.sql`insert into things values (1, 1), (11, 2)`;
    await stack.sql`update things set a = 3`;
    await stack.sql`update things set id = 12 where id = 1`;
    expect((await toldParsed()).map(([type, { id }]) => [type, id])).toEqual([
      ['thing.created', 1],
      ['thing.created', 11],
      ['thing.updated', 1],
      ['thing.updated', 11],
      ['thing.deleted', 1],
      ['thing.created', 12],
    ]);
  });

  it('by copy, merge, a foreign key and an upsert', async () => {
    await attach('id int primary key, a int, parent int references things on delete set null');
    await stack.sql`insert into things values (1, 1, null), (2, 2, 1) on conflict (id) do update set a = excluded.a`;
    await stack.sql`merge into things t using (values (2, 9), (3, 3)) as v (id, a) on t.id = v.id
      when matched then update set a = v.a when not matched then insert values (v.id, v.a)`;
    await stack.sql`delete from things where id = 1`;
    expect((await toldParsed()).map(([type, { id }]) => `${type} ${id}`).sort()).toEqual([
      'thing.created 1',
      'thing.created 2',
      'thing.created 3',
      'thing.deleted 1',
      'thing.updated 2',
      'thing.updated 2',
    ]);
  });

  it('under rules of their own: a column’s event, said instead of the update or beside it', async () => {
    await attach(
      'id int primary key, etat text, motif text, a int',
      `kind => 'thing', rules => '[
        {"event": "changed", "on": "update"},
        {"event": "closed", "on": "update", "changed": "etat", "changed_to": "clos", "instead": true, "fields": {"pourquoi": "new.motif", "at": "now"}},
        {"event": "moved", "on": "update", "changed": "a", "fields": {"from": "old.a", "to": "new.a"}}]'`,
    );
    await stack.sql`insert into things values (1, 'ouvert', '', 1)`;
    await stack.sql`update things set etat = 'clos', motif = 'fini', a = 2`;
    await stack.sql`update things set etat = 'ouvert', motif = 'fini'`;
    await stack.sql`delete from things`;
    expect(await toldParsed()).toEqual([
      ['thing.changed', { id: 1, changes: { a: 2 }, previous: { a: 1 } }],
      ['thing.closed', { id: 1, pourquoi: 'fini', at: expect.any(String) }],
      ['thing.moved', { id: 1, from: 1, to: 2 }],
      ['thing.changed', { id: 1, changes: { etat: 'ouvert' }, previous: { etat: 'clos' } }],
    ]);
  });
});
