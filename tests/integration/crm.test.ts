import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestStack, type TestStack } from '../support/database';
import { addWebhook, dataOf } from '../support/webhooks';

let stack: TestStack;
type Client = Awaited<ReturnType<TestStack['clientFor']>>;
let member: Client;
beforeAll(async () => {
  stack = await startTestStack();
  member = await stack.clientFor('member');
});
afterAll(() => stack.stop());
beforeEach(async () => {
  await stack.sql`delete from crm_files`;
  await stack.sql`delete from webhooks`;
  await stack.sql`delete from webhook_queue`;
  await stack.sql`delete from webhook_events`;
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

  it('strangers and anonymous callers see and store nothing', async () => {
    await stack.sql`insert into crm_leads (nom) values ('Secret')`;
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
