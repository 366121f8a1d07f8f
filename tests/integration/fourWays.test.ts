import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { POST as cancelAppointment } from '@/app/api/crm/appointments/[id]/cancel/route';
import { PATCH as patchAppointment } from '@/app/api/crm/appointments/[id]/route';
import { POST as postAppointment } from '@/app/api/crm/appointments/route';
import { DELETE as deleteFile } from '@/app/api/crm/files/[id]/route';
import { POST as postFile } from '@/app/api/crm/files/route';
import { DELETE as deleteLead, PATCH as patchLead } from '@/app/api/crm/leads/[id]/route';
import { POST as postLead } from '@/app/api/crm/leads/route';
import { eventTypes, type WebhookEventType } from '@/lib/domain/eventTypes';
import { stopDrain } from '@/lib/engine/processDrain';
import { crmService } from '@/lib/services/crmService';
import { startTestStack, type TestStack } from '../support/database';
import { browser, call } from '../support/nextHeaders';
import { addWebhook, dataOf } from '../support/webhooks';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/*
 * "Supported Events": each sentence of the specification holds, whoever writes the row: the API, the services, REST, SQL.
 */

let stack: TestStack;
let member: Awaited<ReturnType<TestStack['clientFor']>>;
let headers: { authorization: string };
beforeAll(async () => {
  stack = await startTestStack();
  member = await stack.clientFor('member');
  headers = { authorization: `Bearer ${await stack.accessToken('member')}` };
});
afterAll(async () => {
  await stopDrain();
  await stack.stop();
});
beforeEach(async () => {
  browser.jar.clear();
  browser.headers = new Headers(headers);
  await stack.sql`delete from webhooks`;
});

const times = { debut: '2026-01-01T10:00:00.000Z', fin: '2026-01-01T11:00:00.000Z' };

/** How somebody writes the CRM: each answers the id of the record. */
type Way = {
  addLead(): Promise<string>;
  changeLead(id: string, fields: { telephone?: string; statut?: 'gagne' }): Promise<unknown>;
  deleteLead(id: string): Promise<unknown>;
  addAppointment(): Promise<string>;
  moveAppointment(id: string): Promise<unknown>;
  cancelAppointment(id: string): Promise<unknown>;
  addFile(): Promise<string>;
  deleteFile(id: string): Promise<unknown>;
};

const idOf = (thing: unknown) => (thing as { id: string }).id;
const api = async (
  handler: Parameters<typeof call>[0],
  path: string,
  options: Parameters<typeof call>[2],
) => {
  const { status, body } = await call(handler, path, { headers, ...options });
  expect(status).toBeLessThan(300);
  return body;
};

const ways: Record<string, Way> = {
  'the API': {
    addLead: async () => idOf(await api(postLead, '/api/crm/leads', { body: { nom: 'Lefèvre' } })),
    changeLead: (id, body) => api(patchLead, '/', { method: 'PATCH', params: { id }, body }),
    deleteLead: (id) => api(deleteLead, '/', { method: 'DELETE', params: { id } }),
    addAppointment: async () =>
      idOf((await api(postAppointment, '/', { body: { titre: 'Visite', ...times } })).appointment),
    moveAppointment: (id) =>
      api(patchAppointment, '/', { method: 'PATCH', params: { id }, body: { lieu: 'Lyon' } }),
    cancelAppointment: (id) => api(cancelAppointment, '/', { params: { id }, body: { motif: 'Grippe' } }),
    addFile: async () =>
      idOf((await api(postFile, '/api/crm/files?nom=a.txt&type_mime=text/plain', { body: 'A' })).file),
    deleteFile: (id) => api(deleteFile, '/', { method: 'DELETE', params: { id } }),
  },
  'the services': {
    addLead: async () =>
      (
        await crmService.createLead({
          nom: 'Lefèvre',
          prenom: '',
          email: '',
          telephone: '',
          statut: 'nouveau',
        })
      ).id,
    changeLead: (id, fields) => crmService.updateLead(id, fields),
    deleteLead: (id) => crmService.removeLead(id),
    addAppointment: async () =>
      (await crmService.createAppointment({ titre: 'Visite', lead_id: null, lieu: '', ...times })).appointment
        .id,
    moveAppointment: (id) => crmService.updateAppointment(id, { lieu: 'Lyon' }),
    cancelAppointment: (id) => crmService.cancelAppointment(id, 'Grippe'),
    addFile: async () =>
      (
        await crmService.uploadFile(
          { nom: 'a.txt', type_mime: 'text/plain', lead_id: null },
          Buffer.from('A'),
        )
      ).file.id,
    deleteFile: (id) => crmService.removeFile(id),
  },
  'REST through the Supabase API': {
    addLead: async () =>
      idOf(dataOf(await member.from('crm_leads').insert({ nom: 'Lefèvre' }).select().single())),
    changeLead: async (id, fields) => dataOf(await member.from('crm_leads').update(fields).eq('id', id)),
    deleteLead: async (id) => dataOf(await member.from('crm_leads').delete().eq('id', id)),
    addAppointment: async () =>
      idOf(
        dataOf(
          await member
            .from('crm_appointments')
            .insert({ titre: 'Visite', ...times })
            .select()
            .single(),
        ),
      ),
    moveAppointment: async (id) =>
      dataOf(await member.from('crm_appointments').update({ lieu: 'Lyon' }).eq('id', id)),
    cancelAppointment: async (id) =>
      dataOf(
        await member.from('crm_appointments').update({ statut: 'annule', motif: 'Grippe' }).eq('id', id),
      ),
    addFile: async () =>
      idOf(
        dataOf(
          await member.from('crm_files').insert({ nom: 'a.txt', taille: 1, contenu: 'A' }).select().single(),
        ),
      ),
    deleteFile: async (id) => dataOf(await member.from('crm_files').delete().eq('id', id)),
  },
  SQL: {
    addLead: async () =>
      idOf((await stack.sql`insert into crm_leads (nom) values ('Lefèvre') returning id`)[0]),
    changeLead: (id, fields) => stack.sql`update crm_leads set ${stack.sql(fields)} where id = ${id}`,
    deleteLead: (id) => stack.sql`delete from crm_leads where id = ${id}`,
    addAppointment: async () =>
      idOf(
        (
          await stack.sql`
            insert into crm_appointments ${stack.sql({ titre: 'Visite', ...times })} returning id`
        )[0],
      ),
    moveAppointment: (id) => stack.sql`update crm_appointments set lieu = 'Lyon' where id = ${id}`,
    cancelAppointment: (id) =>
      stack.sql`update crm_appointments set statut = 'annule', motif = 'Grippe' where id = ${id}`,
    addFile: async () =>
      idOf(
        (
          await stack.sql`insert into crm_files (nom, taille, contenu) values ('a.txt', 1, 'A') returning id`
        )[0],
      ),
    deleteFile: (id) => stack.sql`delete from crm_files where id = ${id}`,
  },
};

/** What makes each event: answers the record's id. */
const doings: Record<WebhookEventType, (way: Way) => Promise<string>> = {
  'lead.created': (way) => way.addLead(),
  'lead.updated': after(
    (way) => way.addLead(),
    (way, id) => way.changeLead(id, { telephone: '+33612345678' }),
  ),
  'lead.deleted': after(
    (way) => way.addLead(),
    (way, id) => way.deleteLead(id),
  ),
  'lead.status_changed': after(
    (way) => way.addLead(),
    (way, id) => way.changeLead(id, { statut: 'gagne' }),
  ),
  'appointment.created': (way) => way.addAppointment(),
  'appointment.updated': after(
    (way) => way.addAppointment(),
    (way, id) => way.moveAppointment(id),
  ),
  'appointment.cancelled': after(
    (way) => way.addAppointment(),
    (way, id) => way.cancelAppointment(id),
  ),
  'file.uploaded': (way) => way.addFile(),
  'file.deleted': after(
    (way) => way.addFile(),
    (way, id) => way.deleteFile(id),
  ),
};
function after(before: (way: Way) => Promise<string>, then: (way: Way, id: string) => Promise<unknown>) {
  return async (way: Way) => {
    const id = await before(way);
    await then(way, id);
    return id;
  };
}

const types = Object.keys(eventTypes) as WebhookEventType[];

describe.each(Object.entries(ways))('written by %s', (_name, way) => {
  it.each(types)('%s happens once, with a delivery for who listens', async (type) => {
    const webhook_id = await addWebhook(stack.sql, {
      events: [type],
      url: 'https://receiver.test/',
      status: 'active',
    });
    const id = await doings[type](way);
    const rows = await stack.sql`
      select e.payload from webhook_events e join webhook_deliveries d on d.event_id = e.id
      where d.webhook_id = ${webhook_id} and e.event_type = ${type}`;
    expect(rows.map(({ payload }) => payload.id)).toEqual([id]);
  });
});
