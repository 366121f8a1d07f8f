import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../scripts/stack/postgres/migrations';
import { superuser } from '../../scripts/stack/postgres/postgresInit';
import { startCluster, type TestCluster } from '../support/cluster';

/*
 * Version 0.3.0 and earlier let a person's REST write store what the API refused. An update mends such rows, tells nobody of
 * a change that nobody made, and leaves every other row alone.
 */

const all = path.join(import.meta.dirname, '../../supabase/migrations');
let old: string;
let cluster: TestCluster;
let stop: () => Promise<void>;
let sql: Sql;
let owner: string;

beforeAll(async () => {
  old = mkdtempSync(path.join(os.tmpdir(), 'devlink-0.3.0-'));
  for (const file of readdirSync(all))
    if (file <= '20261126010499') cpSync(path.join(all, file), path.join(old, file));
  ({ cluster, stop } = await startCluster(old));
  const address = `${cluster.secrets.databasePassword}@127.0.0.1:${cluster.port}/${cluster.template}`;
  owner = `postgres://postgres:${address}`;
  sql = postgres(`postgres://${superuser}:${address}`, { max: 2, onnotice: () => {} });
}, 120_000);
afterAll(async () => {
  await sql.end();
  await stop();
  rmSync(old, { recursive: true });
});

it('rows that the API would have refused are mended, the others untouched', async () => {
  const good = {
    name: 'Bon',
    url: 'https://a.test/x?y={z}',
    description: 'd',
    events: ['lead.created', 'lead.deleted'],
    headers: { 'X-A': '1', Authorization: 'Bearer x' },
    transform_enabled: true,
    transform_script: 'return payload',
  };
  const webhooks = [
    good,
    { ...good, name: '\ufeff' },
    { ...good, url: 'https://user:secret@b.test/', description: 'é'.repeat(1000) },
    { ...good, events: Array(50).fill('lead.created') },
    { ...good, headers: { 'X-A': '1', 'x-a': '2', Host: 'evil', Y: 'a\r\nb', 'X-B': 'ok' } },
    { ...good, transform_script: '\ufeff' },
  ];
  for (const row of webhooks) await sql`insert into webhooks ${sql(row)}`;
  await sql`insert into webhooks (name, url, events) values ('Liste', 'https://c.test/', '{{lead.created,lead.deleted}}')`;
  await sql`insert into crm_leads (nom, email) values
    ('Durand', 'a@b.fr'), ('\u00a0'::text, ''), ('Petit', 'Jean <jean.petit@c.fr>'), ('Roux', 'aucune')`;
  await sql`update crm_leads set nom = ${'\u2003'} where nom not in ('Durand', 'Petit', 'Roux')`;
  await sql`insert into crm_appointments (titre, debut, fin) values ('x', '-infinity', 'infinity')`;
  await sql`insert into crm_files (nom, type_mime, taille, contenu) values ('a', ${'text/html\r\nX: 1'}, 7, 'A'), (${'\u00a0'}, 'a/b', 1, 'A')`;
  await sql`insert into playground_inboxes (name) values (${'\u00a0'})`;

  const told = async () => {
    const [row] = await sql`select (select count(*) from webhook_audit_log)::int as log,
      (select count(*) from webhook_events)::int as events, (select max(updated_at) from webhooks) as updated`;
    return row;
  };
  const before = await told();
  const [goodRow] = await sql`select * from webhooks order by id limit 1`;
  expect(await migrate(owner)).toBeGreaterThan(0);
  expect(await told()).toEqual(before);
  expect((await sql`select * from webhooks order by id limit 1`)[0]).toMatchObject(goodRow ?? {});

  const mended =
    await sql`select name, url, description, events, headers, status, transform_enabled from webhooks order by id offset 1`;
  const row = { ...good, status: 'active', transform_script: undefined };
  delete row.transform_script;
  expect([...mended]).toEqual([
    { ...row, name: '?' },
    {
      ...row,
      url: 'https://url.invalid/',
      description: `https://user:secret@b.test/\n${'é'.repeat(972)}`,
      status: 'inactive',
    },
    { ...row, events: ['lead.created'] },
    { ...row, headers: { 'X-A': '1', 'X-B': 'ok' } },
    { ...row, transform_enabled: false },
    {
      name: 'Liste',
      url: 'https://c.test/',
      description: '',
      events: expect.arrayContaining(['lead.created', 'lead.deleted']),
      headers: {},
      status: 'active',
      transform_enabled: false,
    },
  ]);
  expect([...(await sql`select nom, email from crm_leads order by id`)]).toEqual([
    { nom: 'Durand', email: 'a@b.fr' },
    { nom: '?', email: '' },
    { nom: 'Petit', email: 'jean.petit@c.fr' },
    { nom: 'Roux', email: '' },
  ]);
  expect([...(await sql`select nom, type_mime, taille from crm_files order by id`)]).toEqual([
    { nom: 'a', type_mime: 'application/octet-stream', taille: 1 },
    { nom: '?', type_mime: 'a/b', taille: 1 },
  ]);
  expect(
    (await sql`select isfinite(debut) and isfinite(fin) as finite from crm_appointments`)[0]?.finite,
  ).toBe(true);
  expect((await sql`select name from playground_inboxes`)[0]?.name).toBe('?');
}, 120_000);
