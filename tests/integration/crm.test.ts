import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adminClient } from '@/lib/store/adminClient';
import { startTestStack, type TestStack } from '../support/database';
import { emptyTables } from '../support/emptyTables';
import { addWebhook, dataOf, emitAs } from '../support/webhooks';

let stack: TestStack;
type Client = Awaited<ReturnType<TestStack['clientFor']>>;
let member: Client;
beforeAll(async () => {
  stack = await startTestStack();
  member = await stack.clientFor('member');
});
afterAll(() => stack.stop());
beforeEach(async () => {
  await emptyTables(stack.sql);
  await emptyTables(stack.sql, 'crm_files, crm_appointments, crm_leads');
});

const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const file = {
  nom: 'devis été.bin',
  type_mime: 'application/pdf',
  lead_id: null,
  content_base64: bytes.toString('base64'),
};
const events = () => stack.sql`select *, xmin::text as transaction from webhook_events order by id`;
const files = () => stack.sql`select *, xmin::text as transaction from crm_files order by id`;

type Uploaded = { file: { id: string }; event: { event_id: string; deliveries: number } };
const upload = async (client = member) => dataOf<Uploaded>(await client.rpc('upload_crm_file', file));

describe('the outbox of files', () => {
  it('commits the file, its event and the deliveries in one transaction', async () => {
    const webhookId = await addWebhook(stack.sql, { events: ['file.uploaded'] });
    const { file: stored, event } = await upload();
    expect(event.deliveries).toBe(1);
    const [row] = await files();
    const [emitted] = await events();
    expect(emitted).toMatchObject({
      id: event.event_id,
      event_type: 'file.uploaded',
      transaction: row?.transaction,
      payload: {
        id: stored.id,
        lead_id: null,
        nom: 'devis été.bin',
        type_mime: 'application/pdf',
        taille: 256,
      },
    });
    expect(await stack.sql`select xmin::text as transaction, webhook_id from webhook_queue`).toEqual([
      { transaction: row?.transaction, webhook_id: webhookId },
    ]);
  });

  it('keeps neither when the file cannot be stored', async () => {
    const { error } = await member.rpc('upload_crm_file', { ...file, lead_id: randomUUID() });
    expect(error?.code).toBe('23503');
    expect([await files(), await events()]).toEqual([[], []]);
  });

  it('keeps neither when the event cannot be stored', async () => {
    await stack.sql.unsafe(`
      create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'full'; end $$;
      create trigger refuse before insert on public.webhook_events for each row execute function public.refuse();
    `);
    try {
      expect((await member.rpc('upload_crm_file', file)).error?.message).toContain('full');
    } finally {
      await stack.sql.unsafe(`drop function public.refuse cascade`);
    }
    expect([await files(), await events()]).toEqual([[], []]);
  });

  it('keeps neither when the surrounding transaction is rolled back', async () => {
    await expect(
      stack.sql.begin(async (sql) => {
        await sql`insert into crm_files (nom, taille, contenu) values ('a', 1, 'A')`;
        expect(await sql`select from webhook_events`).toHaveLength(1);
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    expect([await files(), await events()]).toEqual([[], []]);
  });

  it('emits from any SQL, not only from the verbs', async () => {
    await stack.sql`insert into crm_files (nom, taille, contenu) values ('a', 1, 'A'), ('b', 1, 'B')`;
    await stack.sql`delete from crm_files where nom = 'a'`;
    expect((await events()).map((event) => [event.event_type, event.payload.nom])).toEqual([
      ['file.uploaded', 'a'],
      ['file.uploaded', 'b'],
      ['file.deleted', 'a'],
    ]);
  });

  it('says to how many webhooks a deletion goes; null where there is nothing to delete', async () => {
    const { file: stored } = await upload();
    await addWebhook(stack.sql, { events: ['file.deleted'] });
    await addWebhook(stack.sql, { events: ['file.deleted', 'file.uploaded'] });
    const deleted = dataOf<{ deliveries: number }>(await member.rpc('delete_crm_file', { id: stored.id }));
    expect(deleted.deliveries).toBe(2);
    expect(dataOf(await member.rpc('delete_crm_file', { id: stored.id }))).toBeNull();
    expect((await events()).map((event) => event.event_type)).toEqual(['file.uploaded', 'file.deleted']);
  });

  it('gives back every byte, up to a whole MiB and no more', async () => {
    const { file: stored } = await upload();
    const content = dataOf<{ nom: string; content_base64: string }>(
      await member.rpc('crm_file_content', { id: stored.id }),
    );
    expect(content.nom).toBe('devis été.bin');
    expect(Buffer.from(content.content_base64, 'base64')).toEqual(bytes);

    const sized = (size: number) =>
      member.rpc('upload_crm_file', { ...file, content_base64: Buffer.alloc(size).toString('base64') });
    expect((await sized(1024 * 1024)).error).toBeNull();
    expect((await sized(1024 * 1024 + 1)).error).not.toBeNull();
  });
});

const told = async () =>
  (await events()).map((event) => [event.event_type, event.payload] as [string, Record<string, unknown>]);
const typesTold = async () => (await events()).map((event) => event.event_type);
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const times = { debut: '2026-01-01T10:00:00Z', fin: '2026-01-01T11:00:00Z' };

async function addLead(fields: object = {}, client: Client = member): Promise<string> {
  const lead = { nom: 'Durand', prenom: 'Zoé', email: 'zoe@example.com', ...fields };
  return dataOf<{ id: string }>(await client.from('crm_leads').insert(lead).select('id').single()).id;
}
async function addAppointment(fields: object = {}): Promise<string> {
  const row = { titre: 'Visite', ...times, ...fields };
  return dataOf<{ id: string }>(await member.from('crm_appointments').insert(row).select('id').single()).id;
}

describe('tables tell their changes', () => {
  it('of leads, written by a person through REST: each once, with the person and in the row’s transaction', async () => {
    const id = await addLead();
    const [row] = await stack.sql`select xmin::text as transaction from crm_leads`;
    const [created] = await events();
    const { data } = await member.auth.getUser();
    expect(created).toMatchObject({ transaction: row?.transaction, triggered_by: data.user?.id });
    dataOf(await member.from('crm_leads').update({ telephone: '+33612345678', nom: 'Durand' }).eq('id', id));
    dataOf(await member.from('crm_leads').update({ statut: 'qualifie', prenom: '' }).eq('id', id));
    dataOf(await member.from('crm_leads').delete().eq('id', id));
    const lead = { id, nom: 'Durand', email: 'zoe@example.com' };
    expect(await told()).toEqual([
      [
        'lead.created',
        {
          ...lead,
          prenom: 'Zoé',
          telephone: '',
          statut: 'nouveau',
          created_at: expect.stringMatching(isoTime),
        },
      ],
      ['lead.updated', { id, changes: { telephone: '+33612345678' }, previous: { telephone: '' } }],
      [
        'lead.updated',
        { id, changes: { prenom: '', statut: 'qualifie' }, previous: { prenom: 'Zoé', statut: 'nouveau' } },
      ],
      ['lead.status_changed', { id, ancien_statut: 'nouveau', nouveau_statut: 'qualifie' }],
      ['lead.deleted', { ...lead, prenom: '' }],
    ]);
  });

  it('of appointments, whatever the session’s time zone', async () => {
    const id = await addAppointment({ lieu: 'Lyon' });
    await stack.sql.begin(async (sql) => {
      await sql`set local timezone = 'Asia/Kolkata'`;
      await sql`update crm_appointments set debut = '2026-01-01T10:30:00Z' where id = ${id}`;
    });
    await stack.sql`update crm_appointments set statut = 'annule', motif = 'Grippe' where id = ${id}`;
    await stack.sql`update crm_appointments set motif = 'Rhume' where id = ${id}`;
    await stack.sql`update crm_appointments set statut = 'planifie' where id = ${id}`;
    await stack.sql`update crm_appointments set statut = 'annule', lieu = 'Paris' where id = ${id}`;
    await stack.sql`delete from crm_appointments where id = ${id}`;
    const cancelled = { id, annule_le: expect.stringMatching(isoTime) };
    expect(await told()).toEqual([
      [
        'appointment.created',
        {
          id,
          lead_id: null,
          titre: 'Visite',
          debut: '2026-01-01T10:00:00.000Z',
          fin: '2026-01-01T11:00:00.000Z',
          lieu: 'Lyon',
          statut: 'planifie',
        },
      ],
      [
        'appointment.updated',
        {
          id,
          changes: { debut: '2026-01-01T10:30:00.000Z' },
          previous: { debut: times.debut.replace('Z', '.000Z') },
        },
      ],
      ['appointment.cancelled', { ...cancelled, motif: 'Grippe' }],
      ['appointment.updated', { id, changes: { motif: 'Rhume' }, previous: { motif: 'Grippe' } }],
      ['appointment.updated', { id, changes: { statut: 'planifie' }, previous: { statut: 'annule' } }],
      ['appointment.updated', { id, changes: { lieu: 'Paris' }, previous: { lieu: 'Lyon' } }],
      ['appointment.cancelled', { ...cancelled, motif: 'Rhume' }],
    ]);
  });

  it('of what a deletion changes elsewhere: an appointment that loses its lead', async () => {
    const lead = await addLead();
    const id = await addAppointment({ lead_id: lead });
    await stack.sql`delete from webhook_events`;
    dataOf(await member.from('crm_leads').delete().eq('id', lead));
    expect(new Map(await told())).toEqual(
      new Map<string, unknown>([
        ['lead.deleted', { id: lead, nom: 'Durand', prenom: 'Zoé', email: 'zoe@example.com' }],
        ['appointment.updated', { id, changes: { lead_id: null }, previous: { lead_id: lead } }],
      ]),
    );
  });

  it('but nothing of a change of nothing, nor of no row', async () => {
    await addLead();
    await stack.sql`delete from webhook_events`;
    await stack.sql`update crm_leads set nom = nom, statut = statut`;
    await stack.sql`update crm_leads set nom = 'X' where false`;
    await stack.sql`delete from crm_appointments`;
    expect(await events()).toEqual([]);
  });

  it('of a statement with 2,500 rows in their order, one row’s events together', async () => {
    await addWebhook(stack.sql, { events: ['lead.created'] });
    await stack.sql`insert into crm_leads (nom) select 'n' || n from generate_series(1, 2500) as n`;
    expect((await told()).map(([, { nom }]) => nom)).toEqual(
      Array.from({ length: 2500 }, (_, n) => `n${n + 1}`),
    );
    expect(await stack.sql`select from webhook_queue`).toHaveLength(2500);
    await stack.sql`delete from webhook_events`;
    await stack.sql`update crm_leads set statut = 'perdu'`;
    const types = await typesTold();
    expect(types).toHaveLength(5000);
    expect(types.slice(998, 1002)).toEqual([
      'lead.updated',
      'lead.status_changed',
      'lead.updated',
      'lead.status_changed',
    ]);
  });

  it('of both halves of an upsert', async () => {
    const id = await addLead();
    await stack.sql`delete from webhook_events`;
    await stack.sql`
      insert into crm_leads (id, nom) values (${id}, 'Martin'), (${randomUUID()}, 'Neuf')
      on conflict (id) do update set nom = excluded.nom`;
    expect((await typesTold()).sort()).toEqual(['lead.created', 'lead.updated']);
  });

  it('and keep neither row nor event when the event cannot be stored', async () => {
    await stack.sql.unsafe(`
      create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'full'; end $$;
      create trigger refuse before insert on public.webhook_events for each row execute function public.refuse();
    `);
    try {
      expect((await member.from('crm_leads').insert({ nom: 'X' })).error?.message).toContain('full');
      expect((await member.from('crm_appointments').insert({ titre: 'X', ...times })).error).not.toBeNull();
    } finally {
      await stack.sql.unsafe(`drop function public.refuse cascade`);
    }
    expect(await stack.sql`select from crm_leads`).toHaveLength(0);
    expect(await stack.sql`select from crm_appointments`).toHaveLength(0);
  });

  it('while people themselves may not tell events of rows', async () => {
    const { error } = await member.rpc('store_webhook_events', { events: [], of_rows: true });
    expect(error).not.toBeNull();
    expect((await member.from('webhook_row_events').select()).error).not.toBeNull();
  });
});

describe('code that triggers what its row has told', () => {
  const emit = (payload: object, type = 'lead.created', idempotency_key?: string) =>
    stack.sql<{ answer: { event_id: string; deliveries: number } }[]>`
      select emit_webhook_event(${type}, ${JSON.stringify(payload)}::text::json, ${idempotency_key ?? null}) as answer`.then(
      ([row]) => row?.answer,
    );

  it('is answered with the row’s event, as the specification’s samples trigger it, and makes none', async () => {
    await addWebhook(stack.sql, { events: ['lead.created', 'lead.updated'] });
    const trigger = (event_type: string, payload: object) =>
      emitAs(adminClient(), { event_type, payload: JSON.stringify(payload) });
    const id = await addLead();
    const created = await trigger('lead.created', { id, nom: 'Durand' });
    await member.from('crm_leads').update({ nom: 'Martin' }).eq('id', id);
    const updated = await trigger('lead.updated', { id, changes: { nom: 'Martin' } });
    expect([created, updated]).toEqual(
      (await events()).map((event) => ({ event_id: event.id, deliveries: 1 })),
    );
    expect(await stack.sql`select from webhook_queue`).toHaveLength(2);
  });

  it('is answered so once: the next is an event of its own', async () => {
    const id = await addLead();
    const first = await emit({ id });
    const second = await emit({ id });
    expect(second?.event_id).not.toBe(first?.event_id);
    expect(await typesTold()).toEqual(['lead.created', 'lead.created']);
  });

  it('two changes are answered with two events, whoever asks first', async () => {
    const id = await addLead();
    await stack.sql`update crm_leads set nom = 'A'`;
    await stack.sql`update crm_leads set nom = 'B'`;
    const answers = await Promise.all(
      ['A', 'B'].map((nom) => emit({ id, changes: { nom } }, 'lead.updated')),
    );
    expect(new Set(answers.map((answer) => answer?.event_id)).size).toBe(2);
    expect(await typesTold()).toEqual(['lead.created', 'lead.updated', 'lead.updated']);
  });

  it('within the transaction of the row too, as an outbox writes it', async () => {
    await stack.sql.begin(async (sql) => {
      const [row] = await sql`insert into crm_leads (nom) values ('A') returning id`;
      await sql`select emit_webhook_event('lead.created', json_build_object('id', ${row?.id}::uuid))`;
    });
    expect(await typesTold()).toEqual(['lead.created']);
  });

  it('keeps its key: repeated it is the same event, with another payload it is refused', async () => {
    const id = await addLead();
    const first = await emit({ id, nom: 'Durand' }, 'lead.created', 'key');
    expect(await emit({ nom: 'Durand', id }, 'lead.created', 'key')).toEqual(first);
    await expect(emit({ id, nom: 'Autre' }, 'lead.created', 'key')).rejects.toThrow('idempotency_key_reused');
    expect((await events()).map((event) => event.id)).toEqual([first?.event_id]);
  });

  it.each([
    ['another record', () => ({ id: randomUUID() }), 'lead.created'],
    ['another type', (id: string) => ({ id }), 'lead.deleted'],
    ['a payload without a record', () => [] as object, 'lead.created'],
  ])('is not for %s', async (_what, payload, type) => {
    const id = await addLead();
    await emit(payload(id), type);
    expect(await typesTold()).toEqual(['lead.created', type]);
  });

  it('only within a minute; and what nobody asked for is forgotten after five', async () => {
    const id = await addLead();
    const age = (interval: string) =>
      stack.sql`update webhook_row_events set event_id = webhook_uuid_v7(now() - ${interval}::interval)`;
    await age('61 seconds');
    await emit({ id });
    expect(await typesTold()).toEqual(['lead.created', 'lead.created']);
    const forget = async () =>
      (await stack.sql`select run_webhook_chore('forget_row_events', 30) as answer`)[0]?.answer.done;
    expect(await forget()).toBe(0);
    await age('5 minutes 1 second');
    expect(await forget()).toBe(1);
    expect(await stack.sql`select from webhook_row_events`).toHaveLength(0);
  });

  it('in a batch: some told by their rows, some not, answered in their order', async () => {
    const [a, b] = [await addLead(), await addLead()];
    const other = randomUUID();
    const batch = [b, other, a].map((id) => ({ event_type: 'lead.created', payload: { id } }));
    const [row] = await stack.sql<{ answer: { event_id: string }[] }[]>`
      select emit_webhook_events(${JSON.stringify(batch)}::text::json) as answer`;
    const recordOf = new Map((await events()).map((event) => [event.id, event.payload.id]));
    expect(row?.answer.map(({ event_id }) => recordOf.get(event_id))).toEqual([b, other, a]);
    expect(await events()).toHaveLength(3);
  });
});

describe('who may use the CRM', () => {
  it('members and administrators do', async () => {
    for (const caller of ['member', 'admin'] as const) {
      const client = await stack.clientFor(caller);
      const lead = dataOf<{ id: string }>(
        await client.from('crm_leads').insert({ nom: 'Durand' }).select().single(),
      );
      const times = { debut: '2026-01-01T10:00:00Z', fin: '2026-01-01T11:00:00Z' };
      const appointment = { titre: 'Visite', lead_id: lead.id, ...times };
      const made = dataOf<{ id: string }>(
        await client.from('crm_appointments').insert(appointment).select().single(),
      );
      dataOf(await client.from('crm_leads').delete().eq('id', lead.id));
      const kept = await client.from('crm_appointments').select('lead_id').eq('id', made.id).single();
      expect(kept.data).toEqual({ lead_id: null });
      await upload(client);
    }
  });

  it('strangers and anonymous callers see and store nothing', { tags: ['publishable'] }, async () => {
    await stack.sql`insert into crm_leads (nom) values ('Secret')`;
    await stack.sql`delete from webhook_events`;
    for (const caller of ['stranger', 'anonymous'] as const) {
      const client = await stack.clientFor(caller);
      expect((await client.from('crm_leads').select()).data ?? []).toEqual([]);
      expect((await client.from('crm_leads').insert({ nom: 'X' })).error).not.toBeNull();
      expect((await client.rpc('upload_crm_file', file)).error?.code).toBe('42501');
    }
    expect([await files(), await events()]).toEqual([[], []]);
  });
});

it('refuses appointments that end before they start', async () => {
  const times = { debut: '2026-01-01T10:00:00Z', fin: '2026-01-01T10:00:00Z' };
  const { error } = await member.from('crm_appointments').insert({ titre: 'x', ...times });
  expect(error).not.toBeNull();
});
