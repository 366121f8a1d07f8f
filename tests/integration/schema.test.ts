import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { eventTypes, subscribableEventNames } from '@/lib/domain/eventTypes';
import { schemaVersion } from '@/lib/domain/schemaVersion';
import { idFloor } from '@/lib/store/deliveryStore';
import { testStack } from '../support/testStack';
import { addWebhook } from '../support/webhooks';

const migrationsDir = fileURLToPath(new URL('../../supabase/migrations', import.meta.url));

const stack = testStack();

describe('constraints of webhooks', () => {
  const refused: [string, Parameters<typeof addWebhook>[1]][] = [
    ['a name that is empty', { name: '' }],
    ['a name of spaces', { name: '   ' }],
    ['a name of 121 characters', { name: 'x'.repeat(121) }],
    ['a URL that is no http', { url: 'ftp://example.com/' }],
    ['a script URL', { url: 'javascript:alert(1)' }],
    ['a URL with the scheme further on', { url: 'file:///etc/passwd?https://x' }],
    ['a URL of 2,049 characters', { url: `https://example.com/${'x'.repeat(2029)}` }],
    ['no event', { events: [] }],
    ['an unknown status', { status: 'paused' }],
    ['an enabled blank script', { transform_enabled: true, transform_script: ' \n ' }],
    ['a script of more than 64 KiB', { transform_script: 'é'.repeat(32 * 1024 + 1) }],
    ['-1 retries', { max_retries: -1 }],
    ['21 retries', { max_retries: 21 }],
    ['a delay of 0 s', { retry_delay: 0 }],
    ['a delay of 3,601 s', { retry_delay: 3601 }],
    ['a timeout of 999 ms', { timeout_ms: 999 }],
    ['a timeout of 30,001 ms', { timeout_ms: 30_001 }],
    ['an unknown body format', { body_format: 'xml' }],
    ['no slot', { max_in_flight: 0 }],
    ['101 slots', { max_in_flight: 101 }],
  ];
  it.each(refused)('refuse %s', async (_what, fields) => {
    await expect(addWebhook(stack.sql, fields)).rejects.toMatchObject({ code: '23514' });
  });

  it.each(['lead.exploded', 'webhook.test'])('refuse %s, which is not in the registry', async (name) => {
    const added = addWebhook(stack.sql, { events: ['lead.created', name] });
    await expect(added).rejects.toMatchObject({ code: '22023', message: 'unknown_event' });
  });

  it('refuse headers that are no object, and a reason on an active webhook', async () => {
    const { sql } = stack;
    const insert = (column: string, value: string) =>
      sql.unsafe(
        `insert into webhooks (name, url, events, ${column}) values ('x', 'https://a.test', '{lead.created}', ${value})`,
      );
    for (const headers of ['["a"]', '"a"', 'null', '7'])
      await expect(insert('headers', `'${headers}'`)).rejects.toMatchObject({ code: '23514' });
    await expect(insert('disabled_reason', `'gone'`)).rejects.toMatchObject({ code: '23514' });
    await expect(insert('status, disabled_reason', `'inactive', 'bored'`)).rejects.toMatchObject({
      code: '23514',
    });
  });

  it.each([
    ['null', { 'X-A': null }],
    ['null beside a text', { 'X-A': 'a', 'X-B': null }],
    ['a number', { 'X-A': 1 }],
    ['a truth value', { 'X-A': true }],
    ['a list', { 'X-A': ['a'] }],
    ['an empty list', { 'X-A': [] }],
    ['an object', { 'X-A': { 'X-B': 'b' } }],
    ['an empty name, with null', { '': null }],
  ])(
    'refuse headers with %s through the API, in a new webhook and in one that is there',
    async (_, headers) => {
      const admin = await stack.clientFor('admin');
      const row = { name: 'x', url: 'https://a.test/', events: ['lead.created'] };
      const refusal = /webhooks_header(s|_values)_check/;
      expect((await admin.from('webhooks').insert({ ...row, headers })).error?.message).toMatch(refusal);
      const id = await addWebhook(stack.sql, { headers: { 'X-A': 'kept' } });
      expect((await admin.from('webhooks').update({ headers }).eq('id', id)).error?.message).toMatch(refusal);
      const { data } = await admin.from('webhooks').select('headers').eq('id', id).single();
      expect(data?.headers).toEqual({ 'X-A': 'kept' });
    },
  );

  it('take every limit itself', async () => {
    const id = await addWebhook(stack.sql, {
      name: 'é'.repeat(120),
      url: `http://example.com/${'x'.repeat(2029)}`,
      events: Object.keys(eventTypes),
      transform_enabled: true,
      transform_script: `//${'é'.repeat(32 * 1024 - 1)}`,
      max_retries: 20,
      retry_delay: 3600,
      timeout_ms: 30_000,
      max_in_flight: 100,
    });
    expect(id).not.toBe('');
  });
});

it('the catalogue in SQL is the one in the code', async () => {
  const [row] = await stack.sql`
    select webhook_event_types() as types, webhook_subscribable_event_types() as subscribable`;
  expect(row?.types).toEqual(Object.keys(eventTypes));
  expect(row?.subscribable).toEqual(subscribableEventNames);
});

describe('identifiers', () => {
  it('are UUIDs of version 7 with the RFC’s variant', async () => {
    const rows = await stack.sql<{ id: string }[]>`
      select webhook_uuid_v7()::text as id from generate_series(1, 1000)`;
    for (const { id } of rows) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
    expect(new Set(rows.map((row) => row.id)).size).toBe(1000);
  });

  it('carry the moment to the millisecond and sort by it to the microsecond', async () => {
    const rows = await stack.sql<{ id: string; at: string; millis: string }[]>`
      select webhook_uuid_v7(at)::text as id, floor(extract(epoch from at) * 1000)::text as millis
      from (select timestamptz '2026-01-15 10:30:00Z' + n * interval '1 microsecond' as at
            from generate_series(0, 4000) as n order by random()) as moment
      order by at`;
    for (const { id, millis } of rows) {
      expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Number(millis));
    }
    const ids = rows.map((row) => row.id);
    expect(ids).toEqual([...ids].sort());
  });

  it.each([
    '1970-01-01T00:00:00.000Z',
    '2024-02-29T23:59:59.999Z',
    '2026-11-23T21:42:47.123Z',
    '9999-12-31T23:59:59.999Z',
  ])('have the same floor in SQL and in the store: %s', async (moment) => {
    const [row] = await stack.sql<{ floor: string; first: string; before: string }[]>`
        select webhook_uuid_v7_floor(${moment}::timestamptz)::text as floor,
          webhook_uuid_v7(${moment}::timestamptz)::text as first,
          webhook_uuid_v7(${moment}::timestamptz - interval '1 microsecond')::text as before`;
    expect(row?.floor).toBe(idFloor(moment));
    expect((row?.first ?? '') >= idFloor(moment)).toBe(true);
    if (!moment.startsWith('1970')) expect((row?.before ?? '') < idFloor(moment)).toBe(true);
  });
});

describe('secrets', () => {
  it('are two unrelated ones per webhook, of the contract’s form', async () => {
    const ids = [await addWebhook(stack.sql), await addWebhook(stack.sql)];
    const rows = await stack.sql<{ secret_key: string; signing_secret: string }[]>`
      select secret_key, signing_secret from webhook_secrets where webhook_id = any(${ids})`;
    expect(rows).toHaveLength(2);
    for (const { secret_key, signing_secret } of rows) {
      expect(secret_key).toMatch(/^[0-9a-f]{64}$/);
      expect(signing_secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
      expect(Buffer.from(signing_secret.slice(6), 'base64').toString('hex')).not.toBe(secret_key);
    }
    expect(new Set(rows.flatMap((row) => [row.secret_key, row.signing_secret])).size).toBe(4);
  });

  it('go with their webhook', async () => {
    const id = await addWebhook(stack.sql);
    await stack.sql`delete from webhooks where id = ${id}`;
    expect(await stack.sql`select from webhook_secrets where webhook_id = ${id}`).toHaveLength(0);
  });
});

describe('migrations', () => {
  const files = readdirSync(migrationsDir).sort();
  const text = (file: string) => readFileSync(`${migrationsDir}/${file}`, 'utf8').replace(/--.*$/gm, '');

  it('are all applied, as the Supabase CLI records them', async () => {
    const rows = await stack.sql<{ file: string }[]>`
      select version || '_' || name || '.sql' as file from supabase_migrations.schema_migrations order by version`;
    expect(rows.map((row) => row.file)).toEqual(files);
  });

  it('use nothing that came after Postgres 15', () => {
    const newer = new RegExp(
      [
        String.raw`\buuidv[47]\s*\(`, // 18
        String.raw`\buuid_extract_\w+\s*\(`, // 17
        String.raw`\b(max|min)\s*\(\s*\w*\.?\w*id\s*\)`, // of uuid: 18
        String.raw`\bany_value\s*\(`, // 16
        String.raw`\b(json_array|json_object|json_arrayagg|json_objectagg|json_scalar|json_serialize|json)\s*\(`, // 16, 17
        String.raw`\bjson_(exists|query|value|table)\s*\(`, // 17
        String.raw`\bis\s+json\b`, // 16
        String.raw`\breturning\s+(with\s*\()?(old|new)\b`, // 18
        String.raw`\bvirtual\b`, // 18
        String.raw`\bwithout\s+overlaps\b`, // 18
        String.raw`\bmerge\s+into\b[\s\S]*\breturning\b`, // 17
        String.raw`\brandom\s*\(\s*[^)\s]`, // with bounds: 17
        String.raw`\b(array_shuffle|array_sample|array_sort|array_reverse|casefold|crc32c?|to_bin|to_oct)\s*\(`, // 16 to 18
        String.raw`\bto_regtypemod\b|\btransaction_timeout\b|\bat\s+local\b`, // 17
        String.raw`\b\d+_\d+\b(?=[^'"]*;)|\b0x[0-9a-f]+\b`, // numbers with underscores or in hex: 16
        String.raw`\bnot\s+enforced\b|\bnot\s+valid\b`, // of not-null constraints: 18
      ].join('|'),
      'i',
    );
    for (const file of files) expect([file, newer.exec(text(file))?.[0]]).toEqual([file, undefined]);
  });

  it('pin the search path of every function', async () => {
    const rows = await stack.sql`
      select proname from pg_proc where pronamespace = 'public'::regnamespace
      and prosqlbody is null -- resolved when it was made
      and not coalesce(proconfig @> array['search_path=""'], false)`;
    expect(rows).toEqual([]);
  });

  it('say what every table and function is for', async () => {
    const rows = await stack.sql`
      select relname as name from pg_class c
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v') and obj_description(oid, 'pg_class') is null
      union all
      select proname from pg_proc where pronamespace = 'public'::regnamespace and obj_description(oid, 'pg_proc') is null`;
    expect(rows).toEqual([]);
  });
});

it('the database and the code name the newest migration as their version', async () => {
  const newest = readdirSync(migrationsDir).sort().at(-1) ?? '';
  const [row] = await stack.sql`select webhook_schema_version() as version`;
  expect(row?.version).toBe(newest.split('_')[0]);
  expect(schemaVersion).toBe(row?.version);
});
