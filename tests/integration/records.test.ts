import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { GET as listEvents } from '@/app/api/events/route';
import { GET as searchRecords } from '@/app/api/records/route';
import { GET as findRows } from '@/app/api/records/rows/route';
import { startTestStack, type TestStack } from '../support/database';
import { emptyTables } from '../support/emptyTables';
import { browser, call } from '../support/nextHeaders';
import { unknownId } from '../support/webhooks';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/*
 * A record: found by its name, with what belongs to it and its row as it is now.
 */

let stack: TestStack;
const tokens = {} as Record<'admin' | 'member' | 'stranger', string>;
beforeAll(async () => {
  stack = await startTestStack();
  browser.jar.clear();
  for (const caller of ['admin', 'member', 'stranger'] as const)
    tokens[caller] = await stack.accessToken(caller);
});
afterAll(() => stack.stop());
beforeEach(async () => {
  await emptyTables(stack.sql);
});

const emit = async (payload: object, type = 'lead.created') => {
  const [row] =
    await stack.sql`select emit_webhook_event(${type}, ${JSON.stringify(payload)}::text::json) as emitted`;
  return (row as { emitted: { event_id: string } }).emitted.event_id;
};
/** Writes an event of some time ago, as it was stored then. */
const emitAgo = async (days: number, payload: object, type = 'lead.created') => {
  await stack.sql`
    insert into webhook_events (id, event_type, payload, occurred_at)
    select webhook_uuid_v7_floor(at), ${type}, ${JSON.stringify(payload)}::text::json, at
    from (select now() - make_interval(days => ${days}) - make_interval(secs => random()) as at) as t`;
};
const index = () => stack.sql`select index_webhook_events(5000)`;
type Caller = keyof typeof tokens;
const ask = (handler: Parameters<typeof call>[0], query: object, caller: Caller = 'admin') =>
  call(handler, `/api/x?${new URLSearchParams({ ...query })}`, {
    headers: { authorization: `Bearer ${tokens[caller]}` },
  });
const itemsOf = async (answer: ReturnType<typeof ask>) =>
  (await answer).body.items as Record<string, unknown>[];
const found = async (q: string) =>
  (await itemsOf(ask(searchRecords, { q }))).map(
    ({ kind, record_id, record_label }) => `${kind} ${record_id} ${record_label}`,
  );

describe('what belongs to a record', () => {
  it('is what has it as its lead, before and after it is indexed, page by page', async () => {
    const lead = unknownId();
    await emit({ id: lead, nom: 'Lefèvre' });
    const visit = await emit({ id: '1', lead_id: lead, titre: 'Visite' }, 'appointment.created');
    const file = await emit({ id: '2', lead_id: lead, nom: 'a.pdf' }, 'file.uploaded');
    await emit({ id: '3', lead_id: unknownId(), nom: 'b.pdf' }, 'file.uploaded');
    await emit({ id: lead, note: lead });
    const ids = async (query: object) => (await itemsOf(ask(listEvents, query))).map(({ id }) => id);
    for (let indexed = 0; indexed < 2; indexed++) {
      expect(await ids({ related_id: lead })).toEqual([file, visit]);
      expect(await ids({ related_id: lead, limit: '1', cursor: file })).toEqual([visit]);
      expect(await ids({ related_id: lead, record_id: '1' })).toEqual([visit]);
      expect(await ids({ related_id: lead, type: 'file.uploaded' })).toEqual([file]);
      expect(await ids({ related_id: unknownId() })).toEqual([]);
      await index();
    }
    expect((await itemsOf(ask(listEvents, { record_id: '1' })))[0]).toMatchObject({ related_id: lead });
  });
});

describe('a record is found', () => {
  it('by its name as a person writes it, the one of which something happened last first, once', async () => {
    await emitAgo(40, { id: 'old', nom: 'Lefèvre', prenom: 'Chloé' });
    await emitAgo(3, { id: 'mid', nom: 'Lefèvre', prenom: 'Jean' });
    await index();
    await emit({ id: 'new', nom: 'Lefevre', prenom: 'Inès', email: 'ines@acme.fr' });
    await emit({ id: 'new', nom: 'Lefevre', prenom: 'Inès' }, 'lead.deleted');
    await emit({ id: 'v', titre: 'Visite chez Lefèvre' }, 'appointment.created');
    const expected = [
      'appointment v Visite chez Lefèvre',
      'lead new Inès Lefevre',
      'lead mid Jean Lefèvre',
      'lead old Chloé Lefèvre',
    ];
    expect(await found('LEFEV')).toEqual(expected);
    await index();
    expect(await found('lefèvre')).toEqual(expected);
    expect(await found('chloé lefevre')).toEqual(['lead old Chloé Lefèvre']);
    expect(await found('ines@acme.fr')).toEqual(['lead new Inès Lefevre']);
    expect(await found('nobody')).toEqual([]);
    expect(await found('…')).toEqual([]);
  });

  it('not when nothing names it, when it was erased, nor what this system tells of itself', async () => {
    await emit({ id: 'a', email: 'x@acme.fr' });
    await emit({ id: 'b', nom: 'Acme' });
    await emit({ id: 'b', changes: { nom: 'Acme' }, previous: {} }, 'lead.updated');
    await stack.sql`insert into webhook_events (event_type, payload, origin) values ('webhook.disabled', '{"id":"w","name":"Acme"}', 'system')`;
    expect(await found('acme')).toEqual(['lead b Acme']);
    await stack.sql`select erase_webhook_record('b')`;
    expect(await found('acme')).toEqual([]);
  });

  it('by administrators alone, and not by what is no text', async () => {
    await emit({ id: 'b', nom: 'Acme' });
    expect((await ask(searchRecords, { q: 'acme' }, 'member')).status).toBe(403);
    expect((await ask(searchRecords, { q: ' ' })).status).toBe(422);
    expect((await ask(searchRecords, { q: 'x'.repeat(201) })).status).toBe(422);
  });

  it('by the index, however many events there are', async () => {
    await stack.sql`
      insert into webhook_events (id, event_type, payload)
      select webhook_uuid_v7_floor(now() - make_interval(mins => n)), 'lead.created', json_build_object('id', n, 'nom', 'Nom' || n)
      from generate_series(10, 30000) n`;
    await stack.sql`insert into webhook_event_words select id, webhook_event_words(payload, null) from webhook_events`;
    const cost = async (word: string) => {
      const [row] = await stack.sql`
        explain (analyze, buffers, format json) select search_webhook_records(${[word]}, 8)`;
      const { Plan: plan } = row?.['QUERY PLAN'][0] ?? {};
      return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
    };
    await cost('nom20000');
    expect(await found('nom20000')).toEqual(['lead 20000 Nom20000']);
    expect(await cost('nom20000')).toBeLessThan(3000);
    expect(await cost('missing')).toBeLessThan(3000);
    const [row] = await stack.sql`
      explain (analyze, buffers, format json) select list_webhook_events(50, related_id => 'none')`;
    expect(row?.['QUERY PLAN'][0].Plan['Shared Hit Blocks']).toBeLessThan(3000);
  });
});

describe('the row of a record', () => {
  const rows = async (record_id: string, caller?: Caller) => itemsOf(ask(findRows, { record_id }, caller));

  it('is as it is now, with its label and without what never goes out', async () => {
    const [lead] = await stack.sql`
      insert into crm_leads (nom, prenom, telephone) values ('Lefèvre', 'Chloé', '06') returning id`;
    await stack.sql`update crm_leads set nom = 'Martin' where id = ${lead?.id}`;
    const [row, ...others] = await rows(lead?.id);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ kind: 'lead', table: 'public.crm_leads', label: 'Chloé Martin' });
    expect(row?.values).toMatchObject({ id: lead?.id, nom: 'Martin', telephone: '06', statut: 'nouveau' });
    const [file] = await stack.sql`
      insert into crm_files (nom, type_mime, taille, contenu) values ('a.pdf', 'x/y', 1, '\\x00') returning id`;
    const [stored] = await rows(file?.id);
    expect(stored).toMatchObject({ kind: 'file', label: 'a.pdf' });
    expect(stored?.values).not.toHaveProperty('contenu');
    expect(await rows(unknownId())).toEqual([]);
    expect(await rows('no uuid')).toEqual([]);
    expect((await ask(findRows, { record_id: lead?.id }, 'member')).status).toBe(403);
    expect((await ask(findRows, {})).status).toBe(422);
  });

  it('is read as the person who asks, of any attached table with a key of its kind', async () => {
    await stack.sql.unsafe(`
      create table clients (code varchar(3) primary key, nom text, secret text);
      create table orders (id bigint generated always as identity primary key, total numeric);
      insert into clients values ('1', 'Durand', 's'), ('123', 'Petit', 's');
      insert into orders (total) values (12345678901.0000000001);
      select attach_webhook_source('clients', kind => 'client', label => array['nom'], ignore => array['secret']);
      select attach_webhook_source('orders', kind => 'ordering');`);
    try {
      // Nobody granted them yet.
      expect(await rows('1')).toEqual([]);
      await stack.sql.unsafe(`grant select on clients, orders to authenticated`);
      expect(await rows('1')).toMatchObject([
        { kind: 'client', label: 'Durand', values: { code: '1', nom: 'Durand' } },
        { kind: 'ordering', label: null, values: { id: 1 } },
      ]);
      expect((await rows('1'))[0]?.values).not.toHaveProperty('secret');
      // A key that is too long is another one, not the beginning of it.
      expect(await rows('1234')).toEqual([]);
      await stack.sql.unsafe(`alter table clients enable row level security`);
      expect(await rows('123')).toEqual([]);
      // A source whose table lost its key, or its label, tells nothing or no name.
      await stack.sql.unsafe(
        `alter table clients disable row level security; alter table clients drop column nom`,
      );
      expect(await rows('123')).toMatchObject([{ kind: 'client', label: null, values: { code: '123' } }]);
      await stack.sql.unsafe(`alter table clients drop constraint clients_pkey`);
      expect(await rows('123')).toEqual([]);
    } finally {
      await stack.sql.unsafe(`
        drop table clients, orders;
        delete from webhook_sources where kind in ('client', 'ordering');
        delete from webhook_event_types where kind in ('client', 'ordering');`);
    }
  });
});
