import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestStack, type TestStack } from '../support/database';
import { addWebhook } from '../support/webhooks';

/*
 * What attach_webhook_source refuses, and what becomes of a source whose table changes: nobody is kept from writing rows.
 */

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.stop());
afterEach(async () => {
  await stack.sql.unsafe(`drop view if exists seen; drop materialized view if exists copied; drop table if exists things, others cascade;
    drop type if exists bad cascade; delete from webhook_sources where kind = 'thing'; delete from webhook_event_types where kind = 'thing';
    delete from webhook_row_events; delete from webhook_events; delete from webhook_queue; delete from webhooks`);
});

const told = async () =>
  (await stack.sql`select event_type, payload from webhook_events order by id`).map(
    ({ event_type, payload }) => [event_type, payload] as [string, Record<string, unknown>],
  );
const faults = async () =>
  (await stack.sql`select fault from webhook_source_faults() order by fault`).map(({ fault }) => fault);
const run = (text: string) => stack.sql.unsafe(text);
const attach = (options = '') => run(`select attach_webhook_source('things', kind => 'thing'${options})`);

describe('attach_webhook_source refuses', () => {
  const table = 'create table things (id int primary key, a int)';
  it.each([
    ['a table that does not exist', 'select 1', `'nothing', 'thing'`, /relation "nothing" does not exist/],
    ['null', 'select 1', `null, 'thing'`, /source_unknown/],
    ['a view', `${table}; create view seen as select * from things`, `'seen', 'thing'`, /source_is_view/],
    [
      'a materialized view',
      `${table}; create materialized view copied as select * from things`,
      `'copied', 'thing'`,
      /source_is_view/,
    ],
    [
      'a partition',
      'create table things (id int primary key) partition by range (id); create table others partition of things default',
      `'others', 'thing'`,
      /source_is_no_table/,
    ],
    ['an index', table, `'things_pkey', 'thing'`, /source_is_no_table/],
    ['a system table', 'select 1', `'pg_catalog.pg_class', 'thing'`, /system catalog/],
    ['the events themselves', 'select 1', `'webhook_events', 'thing'`, /source_is_ours/],
    ['the webhooks', 'select 1', `'webhooks', 'thing'`, /source_is_ours/],
    ['a table without a key', 'create table things (id int)', `'things', 'thing'`, /source_without_key/],
    [
      'a table with a key of two columns',
      'create table things (a int, b int, primary key (a, b))',
      `'things', 'thing'`,
      /source_without_key/,
    ],
    ['the kind of another table', table, `'things', 'lead'`, /kind_taken/],
    ['the system’s kind', table, `'things', 'webhook'`, /kind_invalid/],
    ['no kind', table, `'things', null`, /kind_invalid/],
    ['a kind that is no name', table, `'things', 'Thing!'`, /kind_invalid/],
    ['a kind with a dot', table, `'things', 'a.b'`, /kind_invalid/],
    ['a kind of 10 KB', table, `'things', repeat('k', 10000)`, /kind_invalid/],
    ['an unknown label', table, `'things', 'thing', label => '{nom}'`, /column_unknown/],
    ['an unknown column to ignore', table, `'things', 'thing', ignore => '{nom}'`, /column_unknown/],
    ['to ignore the key', table, `'things', 'thing', ignore => '{id}'`, /key_ignored/],
    [
      'a rule of an unknown column',
      table,
      `'things', 'thing', rules => '[{"event": "x", "on": "insert", "columns": ["b"]}]'`,
      /column_unknown/,
    ],
    [
      'a rule of no operation',
      table,
      `'things', 'thing', rules => '[{"event": "x", "on": "truncate"}]'`,
      /operation_check/,
    ],
    ['a rule without an event', table, `'things', 'thing', rules => '[{"on": "insert"}]'`, /event_invalid/],
    [
      'a field of no row',
      table,
      `'things', 'thing', rules => '[{"event": "x", "on": "update", "changed": "a", "fields": {"a": "a"}}]'`,
      /field_invalid/,
    ],
    [
      'two rules of one operation',
      table,
      `'things', 'thing', rules => '[{"event": "x", "on": "insert"}, {"event": "y", "on": "insert"}]'`,
      /rules_operation/,
    ],
    ['rules that are no list', table, `'things', 'thing', rules => '7'`, /json_to_recordset/],
  ])('%s', async (_what, made, args, refusal) => {
    await run(made);
    await expect(run(`select attach_webhook_source(${args})`)).rejects.toThrow(refusal);
    expect(await stack.sql`select from webhook_sources where kind = 'thing'`).toHaveLength(0);
  });
});

describe('a table that changes after it was attached', () => {
  it('has its new columns and new names at once', async () => {
    await run('create table things (id int primary key, a int)');
    await attach();
    await run('insert into things values (1, 1)');
    await run(
      'alter table things rename column a to b; alter table things add column c int; alter table things rename id to code',
    );
    await run('insert into things values (2, 2, 2)');
    await run('alter table things drop column b');
    await run('update things set c = 3');
    expect(await told()).toEqual([
      ['thing.created', { id: 1, a: 1 }],
      ['thing.created', { id: 2, code: 2, b: 2, c: 2 }],
      ['thing.updated', { id: 1, changes: { c: 3 }, previous: { c: null } }],
      ['thing.updated', { id: 2, changes: { c: 3 }, previous: { c: 2 } }],
    ]);
    expect(await faults()).toEqual([]);
  });

  it('is written without what a rule named, and watch_sources says so', async () => {
    await run('create table things (id int primary key, etat text, a int)');
    await attach(`, label => '{etat}', rules => '[{"event": "created", "on": "insert", "columns": ["a", "etat"]},
      {"event": "moved", "on": "update", "changed": "etat", "fields": {"to": "new.etat"}}]'`);
    await run('alter table things rename column etat to state');
    await run(`insert into things values (1, 'x', 1); update things set state = 'y'`);
    expect(await told()).toEqual([['thing.created', { id: 1, a: 1 }]]);
    expect(await faults()).toEqual(['the column etat is gone: what it told is left out']);
    await expect(run(`select run_webhook_chore('watch_sources', 30)`)).rejects.toThrow(
      'things (thing): the column etat is gone',
    );
  });

  it.each([
    ['loses its key', 'alter table things drop constraint things_pkey', /no primary key/],
    [
      'gets a key of two columns',
      'alter table things drop constraint things_pkey; alter table things add primary key (id, a)',
      /no primary key/,
    ],
    ['loses a trigger', 'drop trigger tell_row_changes_insert on things', /trigger of insert is missing/],
    ['has its triggers off', 'alter table things disable trigger user', /missing or switched off/],
    [
      'gets a type whose JSON fails',
      `create type bad as enum ('x');
      create function bad_json(bad) returns json language plpgsql as 'begin raise exception ''no JSON today''; end';
      create cast (bad as json) with function bad_json(bad); alter table things add column worse bad default 'x'`,
      /changes were not told .*no JSON today/,
    ],
  ])('that %s is written all the same', async (_what, change, fault) => {
    await run('create table things (id int primary key, a int)');
    await attach();
    await run(change);
    await run('insert into things (id, a) values (1, 1), (2, 2)');
    expect(await stack.sql`select from things`).toHaveLength(2);
    expect(await told()).toEqual([]);
    expect((await faults()).join()).toMatch(fault);
    await run('drop function if exists bad_json cascade');
  });

  it('while a transaction with an older view of things is open tells that one’s rows too', async () => {
    await run('create table things (id int primary key, a int)');
    await attach();
    await stack.sql.begin('isolation level repeatable read', async (sql) => {
      await sql`select count(*) from webhook_sources`;
      await run('alter table things add column b int');
      await run('insert into things values (1, 1, 1)');
      await sql`insert into things values (2, 2, 2)`;
    });
    expect(await told()).toEqual([
      ['thing.created', { id: 1, a: 1, b: 1 }],
      ['thing.created', { id: 2, a: 2 }], // its own view has no b
    ]);
    expect(await faults()).toEqual([]);
  });

  it('that is gone leaves its kind to another one', async () => {
    await run('create table things (id int primary key, a int)');
    await attach();
    await run('drop table things');
    expect(await faults()).toEqual(['the table is gone']);
    await run('create table things (id int primary key)');
    await attach();
    expect(await faults()).toEqual([]);
  });

  it('keeps neither row nor event when the event cannot be stored', async () => {
    await run('create table things (id int primary key, a int)');
    await attach();
    await run(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'full'; end $$;
      create trigger refuse before insert on webhook_events for each row execute function refuse()`);
    await expect(run('insert into things values (1, 1)')).rejects.toThrow('full');
    await run('drop function refuse cascade');
    expect(await stack.sql`select from things`).toHaveLength(0);
  });
});

it('attached again, a table has its new settings; detached, it tells nothing and its types stay', async () => {
  await run('create table things (id int primary key, a int, b int)');
  await attach();
  await attach(`, ignore => '{a}', rules => '[{"event": "created", "on": "insert"}]'`);
  await run('insert into things values (1, 1, 1); update things set b = 2');
  expect(await told()).toEqual([['thing.created', { id: 1, b: 1 }]]);
  const types =
    await stack.sql`select name, source::text from webhook_event_types where kind = 'thing' order by name`;
  expect([...types]).toEqual([
    { name: 'thing.created', source: 'things' },
    { name: 'thing.deleted', source: null },
    { name: 'thing.updated', source: null },
  ]);
  const [answer] = await run(
    `select detach_webhook_source('things') as first, detach_webhook_source('things') as second`,
  );
  expect(answer).toEqual({ first: true, second: false });
  await run('insert into things values (2, 2, 2)');
  expect(await told()).toHaveLength(1);
  await addWebhook(stack.sql, { events: ['thing.created'] });
  await run(`select emit_webhook_event('thing.created', '{"id": 2}')`);
  expect(await told()).toHaveLength(2);
});

it('a person who may write an attached table makes its events, and may attach none', async () => {
  const member = await stack.clientFor('member');
  const { error } = await member.rpc('attach_webhook_source', { relation: 'crm_leads', kind: 'lead' });
  expect(error?.code).toBe('42501');
});
