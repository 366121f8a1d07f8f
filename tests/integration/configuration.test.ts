import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { GET as exported } from '@/app/api/export/route';
import { POST as imported } from '@/app/api/import/route';
import { GET as getWebhook, PATCH as patchWebhook } from '@/app/api/webhooks/[webhookId]/route';
import { POST as addWebhook } from '@/app/api/webhooks/route';
import type { ImportAnswer } from '@/lib/domain/configuration';
import { maskedValue } from '@/lib/domain/maskedValue';
import { stopDrain } from '@/lib/engine/processDrain';
import { startTestStack, type TestStack } from '../support/database';
import { bearer, newToken } from '../support/machineToken';
import { browser, call } from '../support/nextHeaders';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/*
 * Webhooks as a file: out, in, what would change, and everything that a file may have wrong.
 */

let stack: TestStack;
let admin: string;
let token: string;
beforeAll(async () => {
  stack = await startTestStack();
  // Loopback is a receiver that needs no name to be looked up.
  process.env.WEBHOOKS_ALLOW_HTTP = 'true';
  process.env.WEBHOOKS_ALLOW_NETWORKS = '127.0.0.0/8';
  admin = await stack.accessToken('admin');
  token = (await newToken(admin, 'manage')).token;
});
afterAll(async () => {
  await stopDrain();
  await stack?.stop();
});
beforeEach(async () => {
  browser.jar.clear();
  await stack.sql`delete from webhooks`;
  await stack.sql`delete from webhook_audit_log`;
});

const url = 'http://127.0.0.1:4000/hook';

async function add(name: string, more: object = {}, text = admin) {
  const body = { name, url, events: ['lead.created'], ...more };
  return call(addWebhook, '/api/webhooks', { body, ...bearer(text) });
}

type File = { version: number; webhooks: Record<string, unknown>[] };

const read = async (text = token): Promise<File> =>
  (await call(exported, '/api/export', bearer(text))).body as File;

/** Sends a text under a type, as a command line does. */
async function send(text: string, type = 'application/yaml', query = '', bearerText = token) {
  browser.headers = new Headers({ 'content-type': type, authorization: `Bearer ${bearerText}` });
  const request = new Request(`http://app.test/api/import${query}`, {
    method: 'POST',
    headers: browser.headers,
    body: text,
  });
  const response = await imported(request, { params: Promise.resolve({}) });
  return { status: response.status, body: await response.json() };
}

const bring = (file: unknown, query = '') => send(stringify(file), 'application/yaml', query);
const actionsOf = (answer: ImportAnswer) => answer.webhooks.map(({ slug, action }) => [slug, action]);
const updates = () => stack.sql`select webhook_id from webhook_audit_log where action = 'updated'`;
const audited = () =>
  stack.sql`select action, counts from webhook_audit_log where action like 'configuration%' order by id`;

describe('a slug', () => {
  it('is made from the name, unique, and kept when the name changes', async () => {
    const slugs = [];
    for (const name of ['Équipe Compta & Paie', 'équipe compta, paie', 'Отдел продаж', 'x'.repeat(120)])
      slugs.push((await add(name)).body.slug);
    expect(slugs).toEqual(['equipe-compta-paie', 'equipe-compta-paie-2', 'webhook', 'x'.repeat(50)]);
    const { id } = (await add('Avant')).body;
    const params = { webhookId: String(id) };
    const patch = (body: object) =>
      call(patchWebhook, `/api/webhooks/${id}`, { method: 'PATCH', params, body, ...bearer(admin) });
    expect((await patch({ name: 'Après' })).body).toMatchObject({ name: 'Après', slug: 'avant' });
    expect((await patch({ slug: 'autre' })).body.slug).toBe('autre');
    expect((await patch({ slug: 'webhook' })).body.errors).toMatchObject([
      { path: 'slug', code: 'slug_taken' },
    ]);
    expect((await patch({ slug: 'Nom' })).body.errors).toMatchObject([
      { path: 'slug', code: 'slug_invalid' },
    ]);
    expect((await call(getWebhook, '/api/webhooks/x', { params, ...bearer(token) })).body.slug).toBe('autre');
    expect((await add('x', { slug: 'autre' })).body.errors).toMatchObject([{ code: 'slug_taken' }]);
  });

  it('is free again once its webhook is deleted', async () => {
    await add('Un');
    await stack.sql`delete from webhooks`;
    expect((await add('Un')).body.slug).toBe('un');
  });

  it('is found for many of the same name, also in one statement', async () => {
    await stack.sql`insert into webhooks (name, url, events)
      select 'x', ${url}, '{lead.created}' from generate_series(1, 50)`;
    const [row] =
      await stack.sql`select count(distinct slug)::int as n from webhooks where deleted_at is null`;
    expect(row?.n).toBe(50);
  });
});

describe('an export', () => {
  it('has every setting and no secret, in the order of the slugs, in both formats', async () => {
    await add('Zoo');
    await add('Ami', {
      headers: { 'X-Token': 'very secret' },
      transform_script: 'return {\n  ...payload\n};',
    });
    const file = await read();
    expect(file.webhooks.map(({ slug }) => slug)).toEqual(['ami', 'zoo']);
    expect(file.webhooks[0]).toMatchObject({ headers: { 'X-Token': maskedValue }, rate_limit: null });
    expect(JSON.stringify(file)).not.toMatch(/very secret|whsec_|"id"|updated_at/);

    browser.headers = new Headers({ authorization: `Bearer ${token}`, accept: 'application/yaml' });
    const request = new Request('http://app.test/api/export', { headers: browser.headers });
    const yaml = await exported(request, { params: Promise.resolve({}) });
    expect(yaml.headers.get('content-type')).toContain('application/yaml');
    const text = await yaml.text();
    expect(text).toContain('transform_script: |-\n      return {\n        ...payload');
    expect(parse(text)).toEqual(file);
    expect(await read(admin)).toEqual(file);
    expect([...(await audited())][0]).toEqual({ action: 'configuration_exported', counts: { webhooks: 2 } });
  });

  it('is without what listens for a while', async () => {
    await stack.sql`select start_webhook_listener('x', 'http://127.0.0.1:3000', '{lead.created}')`;
    expect((await read()).webhooks).toEqual([]);
  });
});

describe('an import', () => {
  it('of what was exported changes nothing', async () => {
    await add('Un', { headers: { 'X-Token': 'secret' } });
    await add('Deux', { conditions: [{ field: 'statut', operator: 'is', value: 'gagné' }] });
    const answer = await bring(await read());
    expect(actionsOf(answer.body)).toEqual([
      ['deux', 'unchanged'],
      ['un', 'unchanged'],
    ]);
    expect(await updates()).toEqual([]);
  });

  it('tells before and after, and then does it at once', async () => {
    await add('Un', { headers: { 'X-Token': 'secret', 'X-Old': '1' }, retry_delay: 5 });
    const file: File = {
      version: 1,
      webhooks: [
        { slug: 'neuf', name: 'Neuf', url, events: ['lead.*'] },
        { slug: 'un', name: 'Premier', retry_delay: 60, headers: { 'X-Token': maskedValue, 'X-New': 'new' } },
      ],
    };
    const [dry, done] = [await bring(file, '?dry_run=1'), await bring(file)];
    expect([dry.status, dry.body.dry_run, done.body]).toEqual([200, true, { ...dry.body, dry_run: false }]);
    expect(actionsOf(dry.body)).toEqual([
      ['neuf', 'created'],
      ['un', 'changed'],
    ]);
    expect(dry.body.webhooks[1].changes).toEqual({
      name: { before: 'Un', after: 'Premier' },
      retry_delay: { before: 5, after: 60 },
      'headers.X-Old': { before: maskedValue, after: null },
      'headers.X-New': { before: null, after: maskedValue },
    });
    const rows =
      await stack.sql`select slug, name, headers, retry_delay, events, created_by is null as by_token
      from webhooks where deleted_at is null order by slug`;
    expect([...rows]).toMatchObject([
      { slug: 'neuf', events: ['lead.*'], retry_delay: 5, headers: {}, by_token: true },
      { slug: 'un', name: 'Premier', retry_delay: 60, headers: { 'X-Token': 'secret', 'X-New': 'new' } },
    ]);
    expect([...(await audited())]).toEqual([
      { action: 'configuration_imported', counts: { created: 1, changed: 1 } },
    ]);
    expect(await stack.sql`select 1 from webhook_secrets`).toHaveLength(2);
  });

  it('changes nothing where anything is wrong, and names each by its path', async () => {
    await add('Un');
    const good = { slug: 'neuf', name: 'Neuf', url, events: ['lead.*'] };
    const wrong: [unknown, string, string][] = [
      [{ version: 1, webhooks: [{ ...good, colour: 'red' }] }, 'webhooks.0.colour', 'unknown_field'],
      [{ version: 1, webhooks: [good], more: 1 }, 'more', 'unknown_field'],
      [{ version: 2, webhooks: [good] }, 'version', 'configuration_version'],
      [{ version: 1, webhooks: [good, good] }, 'webhooks.1.slug', 'slug_duplicate'],
      [
        { version: 1, webhooks: [good, { slug: 'un', retry_delay: 'x' }] },
        'webhooks.1.retry_delay',
        'retry_delay_range',
      ],
      [
        { version: 1, webhooks: [good, { slug: 'un', events: ['no.such'] }] },
        'webhooks.1.events.0',
        'unknown_event',
      ],
      [{ version: 1, webhooks: [{ slug: 'x' }] }, 'webhooks.0.name', 'name_required'],
      [{ version: 1, webhooks: [{ ...good, slug: 'X' }] }, 'webhooks.0.slug', 'slug_invalid'],
      [
        { version: 1, webhooks: [{ ...good, url: 'http://10.0.0.1/' }] },
        'webhooks.0.url',
        'url_private_address',
      ],
      [
        { version: 1, webhooks: [{ ...good, headers: { A: maskedValue } }] },
        'webhooks.0.headers.A',
        'header_value_masked',
      ],
      [
        { version: 1, webhooks: [good, { slug: 'un', transform_script: 'return {' }] },
        'webhooks.1.transform_script',
        'script_syntax',
      ],
      [
        { version: 1, webhooks: [good, { slug: 'un', transform_enabled: true }] },
        'webhooks.1.transform_script',
        'script_required',
      ],
      [
        { version: 1, webhooks: Array.from({ length: 501 }, () => structuredClone(good)) },
        'webhooks',
        'configuration_too_many',
      ],
      [{ version: 1 }, 'webhooks', 'invalid'],
      [null, '', 'invalid'],
      [['x'], '', 'invalid'],
    ];
    for (const [file, path, code] of wrong) {
      const { status, body } = await bring(file);
      expect([path, status, body.errors?.[0]]).toMatchObject([path, 422, { path, code }]);
    }
    expect(await stack.sql`select 1 from webhooks where deleted_at is null`).toHaveLength(1);
    expect(await updates()).toEqual([]);
  });

  it('says where a file cannot be read, whatever it is', async () => {
    const texts = [
      'version: 1\nwebhooks: [',
      'version: 1\nversion: 1\nwebhooks: []',
      `a: &a [${'x,'.repeat(50)}]\nb: &b [${'*a,'.repeat(50)}]\nc: &c [${'*b,'.repeat(50)}]\nd: [${'*c,'.repeat(50)}]`,
      '['.repeat(100_000),
      '? [a]\n: 1',
      '*nothing',
    ];
    for (const text of texts) {
      const { status, body } = await send(text);
      expect([text.slice(0, 20), status, body.errors?.[0]]).toMatchObject([
        text.slice(0, 20),
        422,
        { path: '', code: 'configuration_unreadable' },
      ]);
    }
    expect((await send(texts[1] ?? '')).body.errors[0]).toMatchObject({ line: 2, column: 1 });
    expect((await send('{', 'application/json')).body.code).toBe('invalid_json');
    expect((await send('a', 'text/plain')).body.code).toBe('unsupported_media_type');
    expect((await send('x'.repeat(10_000_000))).body.code).toBe('request_too_large');
    const many = Array.from({ length: 100_000 }, (_, n) => `k${n}: 1`).join('\n');
    const began = performance.now();
    expect((await send(many)).status).toBe(422);
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('is refused where somebody changes a webhook meanwhile', async () => {
    const { id } = (await add('Un')).body;
    const stale = { id, updated_at: '2020-01-01T00:00:00Z', settings: { name: 'x' } };
    const both = JSON.stringify([{ settings: {} }, stale]);
    await expect(stack.sql`select import_webhooks(${both}::text::jsonb)`).rejects.toThrow();
    const one = JSON.stringify([stale]);
    await expect(stack.sql`select import_webhooks(${one}::text::jsonb)`).rejects.toThrow('changed_meanwhile');
  });

  it('is for tokens that manage, an export for those that read', async () => {
    const reader = (await newToken(admin, 'read')).token;
    expect((await read(reader)).version).toBe(1);
    const refused = await send('version: 1\nwebhooks: []', 'application/yaml', '?dry_run=1', reader);
    expect([refused.status, refused.body.code]).toEqual([403, 'scope_exceeded']);
  });
});
