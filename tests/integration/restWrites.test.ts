import type { SupabaseClient } from '@supabase/supabase-js';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ZodType } from 'zod';
import {
  appointmentInputSchema,
  appointmentPatchSchema,
  fileInputSchema,
  leadInputSchema,
} from '@/lib/domain/crm';
import { customHeadersSchema } from '@/lib/domain/customHeaders';
import { inboxInputSchema } from '@/lib/domain/playground';
import { parseTargetUrl } from '@/lib/domain/targetUrl';
import { webhookInputSchema } from '@/lib/domain/webhook';
import { testStack } from '../support/testStack';
import { dataOf } from '../support/webhooks';

/*
 * An administrator's own token, used past the API. What the API's schemas refuse the database refuses too, on insert and on
 * update, and what is the system's (ids, times, authors) nobody writes.
 */

const stack = testStack();
let admin: SupabaseClient;
beforeAll(async () => {
  admin = await stack.clientFor('admin');
});

type Row = Record<string, unknown>;
const policy = { allowHttp: true, allowNetworks: ['127.0.0.0/8'] };
const webhook = { name: 'x', url: 'https://a.example/', events: ['lead.created'] };
const lead = { nom: 'Durand' };
const appointment = { titre: 'x', debut: '2026-01-01T10:00:00Z', fin: '2026-01-01T11:00:00Z' };
const file = { nom: 'x.txt', type_mime: 'text/plain', taille: 1, contenu: 'A' };
const inbox = { name: 'x' };
const requests = { method: 'POST', headers: {}, body: '', answered_status: 200 };

const anyTime = '2020-01-01T00:00:00Z';
const anyId = '01900000-0000-7000-8000-000000000000';

describe('columns', () => {
  const cases: { table: string; row: Row; system: Row; fixed?: Row }[] = [
    {
      table: 'webhooks',
      row: webhook,
      system: {
        id: anyId,
        created_by: anyId,
        created_at: anyTime,
        updated_at: anyTime,
        deleted_at: anyTime,
        cancel_before: anyTime,
        disabled_reason: 'gone',
        search_text: 'x',
        condition_path: '$.a',
      },
    },
    { table: 'crm_leads', row: lead, system: { id: anyId, created_at: anyTime } },
    { table: 'crm_appointments', row: appointment, system: { id: anyId, created_at: anyTime } },
    // Nothing of a file is changed once it is there: its event would not say so.
    { table: 'crm_files', row: file, system: { id: anyId, created_at: anyTime }, fixed: file },
    {
      table: 'playground_inboxes',
      row: inbox,
      system: { id: anyId, created_at: anyTime, listener: anyId, listened_at: anyTime },
    },
  ];

  // A column that is computed is refused as one, before rights are asked.
  const refusalOf = (column: string) =>
    ['search_text', 'condition_path'].includes(column) ? '428C9' : '42501';

  it.each(cases)('$table: what is the system’s is refused', async ({ table, row, system, fixed }) => {
    const { id } = dataOf<{ id: string }>(await admin.from(table).insert(row).select('id').single());
    for (const [column, value] of Object.entries(system)) {
      const inserted = await admin.from(table).insert({ ...row, [column]: value });
      expect([column, inserted.error?.code]).toEqual([column, refusalOf(column)]);
    }
    for (const [column, value] of Object.entries({ ...system, ...fixed })) {
      const updated = await admin
        .from(table)
        .update({ [column]: value })
        .eq('id', id);
      expect([column, updated.error?.code]).toEqual([column, refusalOf(column)]);
    }
  });

  it.each(cases)('$table: every column is the person’s or the system’s', async ({ table, system, fixed }) => {
    const granted = await stack.sql<{ name: string; may: boolean }[]>`
      select a.attname as name, has_column_privilege('authenticated', a.attrelid, a.attnum, 'update') as may
      from pg_attribute a where a.attrelid = ${table}::regclass and a.attnum > 0 and not a.attisdropped`;
    const systems = granted.filter(({ may }) => !may).map(({ name }) => name);
    const expected = new Set([...Object.keys(system), ...Object.keys(fixed ?? {})]);
    if (table === 'crm_files') expected.add('lead_id');
    expect(new Set(systems)).toEqual(expected);
  });

  it('an appointment begins planned, and what an inbox received is nobody’s to write', async () => {
    for (const column of ['statut', 'motif']) {
      const { error } = await admin.from('crm_appointments').insert({ ...appointment, [column]: 'annule' });
      expect([column, error?.code]).toEqual([column, '42501']);
    }
    const { id } = dataOf<{ id: string }>(
      await admin.from('playground_inboxes').insert(inbox).select('id').single(),
    );
    const { error } = await admin.from('playground_requests').insert({
      ...requests,
      inbox_id: id,
      seed_signature: 'valid',
      standard_signature: 'valid',
    });
    expect(error?.code).toBe('42501');
    expect(
      (await admin.from('playground_requests').update({ body: 'x' }).eq('inbox_id', id)).error?.code,
    ).toBe('42501');
  });
});

const emoji = '😀';
const blanks = '\u00a0\ufeff\u2003 ';

describe('values', () => {
  const tables = {
    webhooks: { row: webhook, schema: webhookInputSchema(policy) },
    crm_leads: { row: lead, schema: leadInputSchema },
    crm_appointments: { row: appointment, schema: appointmentInputSchema },
    crm_files: { row: file, schema: fileInputSchema },
    playground_inboxes: { row: inbox, schema: inboxInputSchema },
  } satisfies Record<string, { row: Row; schema: ZodType }>;
  type Table = keyof typeof tables;

  const refused: [table: Table, what: string, fields: Row][] = [
    ['webhooks', 'a blank name', { name: blanks }],
    ['webhooks', 'a name of 121 characters', { name: emoji.repeat(121) }],
    ['webhooks', 'a description of 1,001 characters', { description: emoji.repeat(1001) }],
    ['webhooks', 'credentials in the URL', { url: 'https://user:pass@a.example/' }],
    ['webhooks', 'a user in the URL', { url: 'https://user@a.example/' }],
    ['webhooks', 'no host', { url: 'https:///path' }],
    ['webhooks', 'the port of a mail server', { url: 'https://a.example:25/' }],
    ['webhooks', 'the port of a database', { url: 'https://a.example:5432/' }],
    ['webhooks', 'a port beyond all', { url: 'https://a.example:70000/' }],
    ['webhooks', 'port 0', { url: 'https://a.example:0/' }],
    ['webhooks', 'a backslash', { url: 'https://a.example\\@b.example/' }],
    ['webhooks', 'a line break', { url: 'https://a.example/\r\nX: 1' }],
    ['webhooks', 'a space in the host', { url: 'https://a b.example/' }],
    ['webhooks', 'an empty label', { url: 'https://a..example/' }],
    ['webhooks', 'a hyphen first', { url: 'https://-a.example/' }],
    ['webhooks', 'a label of 64', { url: `https://${'a'.repeat(64)}.example/` }],
    ['webhooks', 'a host of 254', { url: `https://${'a.'.repeat(126)}bb/` }],
    ['webhooks', 'an IPv6 address with two gaps', { url: 'https://[2606::1::1]/' }],
    ['webhooks', 'an IPv6 address of nine groups', { url: 'https://[1:2:3:4:5:6:7:8:9]/' }],
    ['webhooks', 'an IPv6 address of four groups', { url: 'https://[2606:2:3:4]/' }],
    ['webhooks', 'an IPv4 address beyond 255', { url: 'https://1.2.3.256/' }],
    ['webhooks', 'a number where an address ends', { url: 'https://a.8443/' }],
    ['webhooks', 'an unclosed bracket', { url: 'https://[::1/' }],
    ['webhooks', 'lists within the list', { events: [['lead.created']] }],
    ['webhooks', 'null among the events', { events: ['lead.created', null] }],
    ['webhooks', 'a script of no-break spaces', { transform_enabled: true, transform_script: blanks }],
    ['webhooks', 'a header that is null', { headers: { X: null } }],
    ['webhooks', 'a header that is a number', { headers: { X: 1 } }],
    ['webhooks', 'a header that is a list', { headers: { X: ['1'] } }],
    ['webhooks', 'an empty header', { headers: { X: '' } }],
    ['webhooks', 'a header with a line break', { headers: { X: 'a\r\nY: 1' } }],
    ['webhooks', 'a header beyond ASCII', { headers: { X: 'é' } }],
    ['webhooks', 'a header with spaces around it', { headers: { X: ' a' } }],
    ['webhooks', 'a header of 1,025', { headers: { X: 'a'.repeat(1025) } }],
    ['webhooks', 'a header’s name of 65', { headers: { ['X'.repeat(65)]: 'a' } }],
    ['webhooks', 'a header’s name with a space', { headers: { 'X Y': 'a' } }],
    ['webhooks', 'an empty header’s name', { headers: { '': 'a' } }],
    ['webhooks', '__proto__', { headers: JSON.parse('{"__proto__": "a"}') }],
    ['webhooks', 'a reserved header', { headers: { Host: 'a' } }],
    ['webhooks', 'a reserved prefix', { headers: { 'X-Forwarded-For': 'a' } }],
    ['webhooks', 'one header twice', { headers: { 'X-A': 'a', 'x-a': 'b' } }],
    [
      'webhooks',
      '21 headers',
      { headers: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`X-${n}`, 'a'])) },
    ],
    ['crm_leads', 'a blank name', { nom: blanks }],
    ['crm_leads', 'a name of 121 characters', { nom: emoji.repeat(121) }],
    ['crm_leads', 'a first name of 121 characters', { prenom: emoji.repeat(121) }],
    ['crm_leads', 'a number of 41 characters', { telephone: emoji.repeat(41) }],
    ['crm_leads', 'no address', { email: 'jean' }],
    ['crm_leads', 'two dots in an address', { email: 'a..b@c.fr' }],
    ['crm_leads', 'a line break in an address', { email: 'a@c.fr\nBcc: b@c.fr' }],
    ['crm_leads', 'an unknown status', { statut: 'autre' }],
    ['crm_appointments', 'a blank title', { titre: blanks }],
    ['crm_appointments', 'an end before the start', { fin: '2025-01-01T10:00:00Z' }],
    ['crm_appointments', 'infinity', { fin: 'infinity' }],
    ['crm_appointments', 'the year 10000', { fin: '10000-01-01T00:00:00Z' }],
    ['crm_appointments', 'a place of 201 characters', { lieu: emoji.repeat(201) }],
    ['crm_files', 'a blank name', { nom: blanks }],
    ['playground_inboxes', 'a blank name', { name: blanks }],
    ['playground_inboxes', 'a name of 81 characters', { name: emoji.repeat(81) }],
    ['playground_inboxes', 'an unknown behaviour', { behaviour: 'explode' }],
  ];

  it.each(refused)('%s: %s, refused by the API and by the database', async (table, _what, fields) => {
    const { row, schema } = tables[table];
    const { taille: _taille, contenu: _contenu, ...asked } = { ...row, ...fields } as Row;
    expect((schema as ZodType).safeParse(asked).success).toBe(false);
    const inserted = await admin.from(table).insert({ ...row, ...fields });
    expect(inserted.error?.code).toBe('23514');
    const { id } = dataOf<{ id: string }>(
      await admin
        .from(table)
        .insert(row as Row)
        .select('id')
        .single(),
    );
    if (table === 'crm_files') return;
    expect((await admin.from(table).update(fields).eq('id', id)).error?.code).toBe('23514');
  });

  it('a file’s size and type are what they are', async () => {
    const { error } = await admin.from('crm_files').insert({ ...file, taille: 2 });
    expect(error?.code).toBe('23514');
    const split = await admin.from('crm_files').insert({ ...file, type_mime: 'text/html\r\nX: 1' });
    expect(split.error?.code).toBe('23514');
  });

  it('a reason of 501 characters for a cancellation', async () => {
    const { id } = dataOf<{ id: string }>(
      await admin.from('crm_appointments').insert(appointment).select('id').single(),
    );
    const change = { statut: 'annule', motif: emoji.repeat(501) };
    expect((await admin.from('crm_appointments').update(change).eq('id', id)).error?.code).toBe('23514');
    expect(appointmentPatchSchema.safeParse(change).success).toBe(false);
  });

  it('what the API takes is taken', async () => {
    const full = {
      ...webhook,
      name: emoji.repeat(120),
      description: emoji.repeat(1000),
      url: 'https://[2606:4700:4700::1111]:8443/a?b={c}&d=[1-3]#e',
      headers: Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`X-${n}!#$%&'*+.^_\`|~`, '~ a !'])),
    };
    expect(webhookInputSchema(policy).safeParse(full).success).toBe(true);
    expect((await admin.from('webhooks').insert(full)).error).toBeNull();
    const address = { ...lead, email: "o'neil+a_b.c-@xn--bcher-kva.example" };
    expect(leadInputSchema.safeParse(address).success).toBe(true);
    expect((await admin.from('crm_leads').insert(address)).error).toBeNull();
  });
});

describe('the rules in SQL and in the code', () => {
  const ask = async (name: 'webhook_headers_are_valid' | 'webhook_url_is_valid', inputs: string[]) => {
    const cast = name === 'webhook_headers_are_valid' ? 'jsonb' : 'text';
    const rows = await stack.sql.unsafe<{ valid: boolean }[]>(
      `select ${name}(i.input::${cast}) as valid from unnest($1::text[]) with ordinality as i (input, n) order by n`,
      [inputs],
    );
    return rows.map(({ valid }) => valid);
  };

  it('agree on headers', async () => {
    const names = fc.oneof(
      fc.string({ unit: 'grapheme-ascii', maxLength: 5 }),
      fc.stringMatching(/^[A-Za-z-]{1,6}$/),
      fc.constantFrom(
        'Host',
        'x-real-ip',
        'Sec-A',
        'X-A',
        'x-a',
        '__proto__',
        'TE',
        'a'.repeat(64),
        'b'.repeat(65),
      ),
    );
    const values = fc.oneof(
      fc.string({ unit: 'binary-ascii', maxLength: 4 }),
      fc.stringMatching(/^[ -~]{1,4}$/),
      fc.constantFrom('a'.repeat(1024), 'a'.repeat(1025), 'é', 'a b'),
      fc.constantFrom(null, 1, true, [], {}),
    );
    const inputs = fc
      .sample(fc.dictionary(names, values, { maxKeys: 22 }), { numRuns: 3000, seed: 13 })
      .map((headers) => JSON.stringify(headers))
      .filter((text) => !text.includes('\\u0000'));
    const code = inputs.map((text) => customHeadersSchema.safeParse(JSON.parse(text)).success);
    expect(code.filter(Boolean).length).toBeGreaterThan(50);
    const sql = await ask('webhook_headers_are_valid', inputs);
    expect(inputs.filter((_, n) => sql[n] !== code[n])).toEqual([]);
  });

  it('agree on ports', async () => {
    const urls = Array.from({ length: 65_537 }, (_, port) => `https://a.example:${port}/`);
    const sql = await ask('webhook_url_is_valid', urls);
    const disagreed = urls.filter((url, n) => parseTargetUrl(url, policy).ok !== sql[n]);
    expect(disagreed).toEqual([]);
  });

  it('agree on URLs: what the API stores is taken, what it refuses for its text is not', async () => {
    const pieces = fc.constantFrom(
      ...[
        'a',
        'b.example',
        '.',
        '-',
        '_',
        ':',
        '@',
        '/',
        '?',
        '#',
        '[',
        ']',
        '::1',
        '127.0.0.1',
        '8443',
        '25',
        '%20',
        '{x}',
      ],
      ...[' ', '\t', '\\', 'é', '*', '<', '"', '&', '='],
      ...['[::1]', '[2606:4700::', '1:2:3', '::]', ':8443', '0x1'],
    );
    const urls = fc
      .sample(fc.array(pieces, { minLength: 1, maxLength: 7 }), { numRuns: 5000, seed: 13 })
      .map((parts) => `https://${parts.join('')}`);
    const lenient = { allowHttp: true, allowNetworks: ['0.0.0.0/0', '::/0'] };
    const parsed = urls.map((url) => parseTargetUrl(url, lenient));
    const stored = parsed.flatMap((answer) => (answer.ok ? [answer.url.href] : []));
    expect(stored.length).toBeGreaterThan(300);
    const taken = await ask('webhook_url_is_valid', stored);
    expect(stored.filter((_, n) => !taken[n])).toEqual([]);
    const refusedUrls = urls.filter((_, n) => parsed[n]?.ok === false);
    const refusedBySql = await ask('webhook_url_is_valid', refusedUrls);
    expect(refusedUrls.filter((_, n) => refusedBySql[n])).toEqual([]);
  });
});
