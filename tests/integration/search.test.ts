import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestStack } from '../support/database';
import { emptyTables } from '../support/emptyTables';
import { testStack } from '../support/testStack';
import { addWebhook, dataOf, unknownId } from '../support/webhooks';

type Found = { id: string; event_id: string; status: string };

const stack = testStack();
let admin: Awaited<ReturnType<TestStack['clientFor']>>;
let webhookId: string;
beforeAll(async () => {
  admin = await stack.clientFor('admin');
});
beforeEach(async () => {
  await emptyTables(stack.sql);
  webhookId = await addWebhook(stack.sql);
});

/** Stores one event with the text of its payload exactly so, and its delivery. Returns the delivery's ids. */
async function deliver(payload: string): Promise<Found> {
  await stack.sql`select emit_webhook_event('lead.created', ${payload}::text::json)`;
  const [row] = await stack.sql<Found[]>`
    select id, event_id, 'pending' as status from webhook_queue order by id desc limit 1`;
  if (!row) throw new Error('no delivery');
  return row;
}
/** The same before and after what is there was indexed. */
const search = async (words: string[], filters: object = {}) => {
  const ask = async () =>
    dataOf<Found[]>(await admin.rpc('search_webhook_deliveries', { words, most: 50, ...filters }));
  await stack.sql`delete from webhook_event_words`;
  const before = await ask();
  await indexAll();
  expect(await ask()).toEqual(before);
  return before;
};
const indexAll = async () => {
  for (;;) {
    const [row] = await stack.sql<{ n: number }[]>`select index_webhook_events(5000) as n`;
    if (row?.n === 0) return;
  }
};
const ids = (rows: Found[]) => rows.map((row) => row.id);

describe('a search', () => {
  it.each([
    ['quotes, which JSON escapes', JSON.stringify({ a: 'Il a dit "oui" hier' }), ['dit', '"oui"']],
    ['words in two fields', JSON.stringify({ nom: 'Lefèvre', prenom: 'Chloé' }), ['Chloé', 'Lefèvre']],
    ['words written as escapes', '{"nom":"Lef\\u00e8vre","prenom":"Chlo\\u00E9"}', ['Chloé', 'Lefèvre']],
    ['another case', JSON.stringify({ nom: 'ÉTÉ' }), ['été']],
    ['accents composed otherwise', JSON.stringify({ nom: 'été'.normalize('NFD') }), ['été']],
    ['accents typed otherwise', JSON.stringify({ nom: 'été' }), ['été'.normalize('NFD')]],
    ['an emoji as a pair of escapes', '{"a":"\\ud83d\\ude80"}', ['🚀']],
    ['a path with backslashes', JSON.stringify({ a: 'C:\\new\\table "x"' }), ['C:\\new\\table', '"x"']],
    ['a backslash before a quote', JSON.stringify({ a: 'fin\\"' }), ['fin\\"']],
    ['lines and tabs between words', JSON.stringify({ a: 'un\ndeux\ttrois' }), ['trois', 'un', 'deux']],
    ['an address with escaped slashes', '{"url":"https:\\/\\/a.test\\/x"}', ['https://a.test/x']],
    ['signs of patterns', JSON.stringify({ a: '50%_*' }), ['50%_*']],
    ['signs of filters', JSON.stringify({ a: 'a,b).or(c.eq."d' }), ['a,b).or(c.eq."d']],
    ['digits as they are written', '{"n":9223372036854775807}', ['9223372036854775807']],
    ['a value beyond jsonb beside an escape', '{"n":1e999999,"a":"x\\"y"}', ['x"y']],
    ['a name without its accents', JSON.stringify({ nom: 'Lefèvre' }), ['lefevre']],
    ['a name with accents of one’s own', JSON.stringify({ nom: 'Lefevre' }), ['Lefèvre']],
    ['ligatures', JSON.stringify({ nom: 'Sœur Œdipe' }), ['soeur', 'œdipe']],
    ['the beginning of a name', JSON.stringify({ nom: 'Lefèvre' }), ['lefe']],
    ['an e-mail address', JSON.stringify({ email: 'chloe.lefevre@acme.fr' }), ['Chloe.Lefevre@acme.fr']],
    ['a part of an e-mail address', JSON.stringify({ email: 'chloe.lefevre@acme.fr' }), ['acme']],
    ['a domain', JSON.stringify({ email: 'chloe.lefevre@acme.fr' }), ['@acme.fr']],
    [
      'a phone number with spaces',
      JSON.stringify({ telephone: '+33612345678' }),
      '06 12 34 56 78'.split(' '),
    ],
    ['a phone number with dots', JSON.stringify({ telephone: '06 12 34 56 78' }), ['06.12.34.56.78']],
    [
      'a phone number with its country',
      JSON.stringify({ telephone: '0612345678' }),
      '+33 6 12 34 56 78'.split(' '),
    ],
    [
      'a phone number and a name',
      JSON.stringify({ telephone: '+33612345678', nom: 'Roy' }),
      ['roy', '0612345678'],
    ],
    ['digits that are no phone number', JSON.stringify({ ref: '2024-01-15' }), ['2024-01-15']],
    ['the day of a time', JSON.stringify({ created_at: '2024-01-15T10:30:00Z' }), ['2024-01-15']],
    ['a name of a file', JSON.stringify({ nom: 'devis-dupont.pdf' }), ['devis-dupont.pdf']],
    ['an apostrophe', JSON.stringify({ nom: "O'Neil" }), ["o'neil"]],
    ['words around signs of their own', JSON.stringify({ nom: 'Dupont - Paris' }), ['dupont', '-', 'paris']],
  ])('finds %s', async (_what, payload, words) => {
    const wanted = await deliver(payload);
    await deliver('{"nom":"Autre"}');
    expect(ids(await search(words))).toEqual([wanted.id]);
  });

  it.each([
    ['a word that is missing beside one that is there', ['Dupont', 'absent']],
    ['%', ['%']],
    ['_', ['D_pont']],
    ['*', ['D*t']],
    ['a backslash', ['\\']],
    ['an end of the statement', ["'; drop table webhooks; --"]],
  ])('takes words to the letter: %s', async (_what, words) => {
    await deliver('{"nom":"Dupont"}');
    expect(await search(words)).toEqual([]);
  });

  it('finds a record by its id, a delivery and an event by theirs, in any case', async () => {
    const lead = unknownId();
    const wanted = await deliver(JSON.stringify({ id: lead, nom: 'Dupont' }));
    await deliver(JSON.stringify({ id: unknownId() }));
    for (const id of [lead, wanted.id, wanted.event_id]) {
      expect(ids(await search([id]))).toEqual([wanted.id]);
      expect(ids(await search([id.toUpperCase()]))).toEqual([wanted.id]);
      expect(ids(await search(['dupont', id]))).toEqual([wanted.id]);
    }
    expect(await search([unknownId()])).toEqual([]);
  });

  it('keeps the other filters, the order and the page', async () => {
    const all = [await deliver('{"n":"x"}'), await deliver('{"n":"x"}'), await deliver('{"n":"x"}')];
    const [first, second, third] = ids(all);
    expect(ids(await search(['x']))).toEqual([third, second, first]);
    expect(ids(await search(['x'], { most: 1, before_id: third }))).toEqual([second]);
    expect(ids(await search(['x'], { since_id: second, until_id: third }))).toEqual([second]);
    expect(
      ids(await search(['x'], { target: webhookId, statuses: ['pending'], type: 'lead.created' })),
    ).toHaveLength(3);
    expect(await search(['x'], { target: unknownId() })).toEqual([]);
    expect(await search(['x'], { statuses: ['failed', 'success'] })).toEqual([]);
    expect(await search(['x'], { type: "lead.created' or true --" })).toEqual([]);
    expect(await search([first ?? ''], { statuses: ['failed'] })).toEqual([]);
  });

  it('is quiet about words in the middle of a word, and about fields’ names', async () => {
    await deliver(JSON.stringify({ nom: 'Lefèvre' }));
    expect(await search(['fevre'])).toEqual([]);
    expect(await search(['nom'])).toEqual([]);
  });

  it('finds a label that only the table knows', async () => {
    const events = [
      { event_type: 'lead.updated', payload: { id: 'l1', changes: {} }, record_label: 'Chloé Lefèvre' },
    ];
    await stack.sql`update webhooks set events = array['lead.updated']`;
    await stack.sql`select store_webhook_events(${stack.sql.json(events)}::json, true)`;
    expect(await search(['chloe', 'lefevre'])).toMatchObject([
      { record_id: 'l1', record_label: 'Chloé Lefèvre' },
    ]);
  });

  it('finds the deliveries of a record, to the letter, with or without words', async () => {
    const wanted = await deliver(JSON.stringify({ id: "Ab'c\\1", nom: 'Dupont' }));
    await deliver(JSON.stringify({ id: "ab'c\\1" }));
    await deliver(JSON.stringify({ id: 7 }));
    expect(ids(await search([], { record_id: "Ab'c\\1" }))).toEqual([wanted.id]);
    expect(ids(await search(['dupont'], { record_id: "Ab'c\\1" }))).toEqual([wanted.id]);
    expect(await search(['durand'], { record_id: "Ab'c\\1" })).toEqual([]);
    expect(await search([], { record_id: '7' })).toMatchObject([{ record_id: '7' }]);
    expect(await search([])).toEqual([]);
  });

  it('leaves nothing out from page to page, over events of one moment and of many', async () => {
    await stack.sql`
      select emit_webhook_events((select json_agg(json_build_object('event_type', 'lead.created', 'payload', json_build_object('n', 'x'))) from generate_series(1, 900)))`;
    const all = await stack.sql<{ id: string }[]>`select id from webhook_queue order by id desc`;
    await indexAll();
    const seen: string[] = [];
    for (let before: string | undefined; ; before = seen.at(-1)) {
      const page = await admin.rpc('search_webhook_deliveries', {
        words: ['x'],
        most: 70,
        ...(before && { before_id: before }),
      });
      const rows = dataOf<Found[]>(page);
      seen.push(...ids(rows));
      if (rows.length < 70) break;
    }
    expect(seen).toEqual(all.map(({ id }) => id));
  });

  it('finds any text by its own words, and breaks on none', async () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.stringMatching(/^[a-zàéèçœ]{1,9}$/),
      fc.constantFrom(
        '06 12 34 56 78',
        "l'été",
        'a@b.fr',
        '((',
        '\\',
        "'",
        ':*',
        '!',
        '&|',
        '12345678901234567890',
        '\u00a0',
        '#x',
        '=x',
      ),
    );
    const texts = fc
      .sample(fc.array(piece, { minLength: 1, maxLength: 4 }), { numRuns: 3000, seed: 5 })
      .map((pieces) => pieces.join(' ').replaceAll('\0', ''));
    const rows = await stack.sql<{ found: boolean | null }[]>`
      select webhook_event_words(json_build_object('a', i.input), null) @@ webhook_search_query(string_to_array(i.input, ' ')) as found
      from unnest(${texts}::text[]) with ordinality as i (input, n) order by n`;
    // Null: nothing but signs.
    expect(texts.filter((_, n) => rows[n]?.found === false)).toEqual([]);
    expect(rows.filter(({ found }) => found).length).toBeGreaterThan(2000);
  });

  it('answers what lists show, and not the payload', async () => {
    await deliver('{"n":"x"}');
    const [row] = await search(['x']);
    expect(row).toMatchObject({ webhook_id: webhookId, status: 'pending', in_flight: false });
    expect(row).not.toHaveProperty('payload_text');
  });

  it('goes over a frequent word, a rare one and a missing one, whatever the webhook', async () => {
    // More than are looked at one by one, and old enough to be indexed for certain.
    await stack.sql`
      with event as (
        insert into webhook_events (id, event_type, payload)
        select webhook_uuid_v7(now() - n * interval '1 second'), 'lead.created',
          json_build_object('nom', case when n in (4700, 4900) then 'Aiguille' else 'Foin' end)
        from generate_series(1, 5000) n returning id)
      insert into webhook_queue (id, webhook_id, event_id, event_type)
      select webhook_uuid_v7(webhook_uuid_v7_time(id) + interval '2 milliseconds'), ${webhookId}, id, 'lead.created' from event`;
    await indexAll();
    const ask = async (words: string[], more: object = {}) =>
      dataOf<Found[]>(await admin.rpc('search_webhook_deliveries', { words, most: 51, ...more }));
    expect(await ask(['foin'])).toHaveLength(51);
    const [first, second, ...none] = ids(await ask(['aiguille']));
    expect([first && second && first > second, none]).toEqual([true, []]);
    expect(ids(await ask(['aiguille'], { before_id: first }))).toEqual([second]);
    expect(ids(await ask(['aiguille'], { most: 1 }))).toEqual([first]);
    expect(ids(await ask(['aiguille'], { since_id: first }))).toEqual([first]);
    expect(ids(await ask(['aiguille'], { until_id: first }))).toEqual([second]);
    expect(await ask(['aiguille'], { target: unknownId() })).toEqual([]);
    expect(await ask(['absent'])).toEqual([]);
    // Half of them not indexed, as after an update.
    await stack.sql`delete from webhook_event_words where event_id < (select id from webhook_events order by id offset 2500 limit 1)`;
    expect(ids(await ask(['aiguille']))).toEqual([first, second]);
    expect(ids(await ask(['aiguille'], { most: 1 }))).toEqual([first]);
    expect(await ask(['absent'])).toEqual([]);
  });

  it('is indexed behind: the last events, then older ones, and what committed late within the hour', async () => {
    const add = async (minutes: number) => {
      const [row] = await stack.sql<{ id: string }[]>`
        insert into webhook_events (id, event_type, payload) values (webhook_uuid_v7(now() - ${minutes} * interval '1 minute'), 'lead.created', '{}')
        returning id`;
      return row?.id ?? '';
    };
    const run = async (chore: string) => {
      const [row] = await stack.sql`select run_webhook_chore(${chore}, 30) as answer`;
      return row?.answer;
    };
    const indexed = async () => {
      const rows = await stack.sql<{ event_id: string }[]>`select event_id from webhook_event_words`;
      return rows.map((row) => row.event_id).sort();
    };
    const [old, last] = [await add(600), await add(0)];
    await indexAll();
    expect(await indexed()).toEqual([old, last].sort());
    const [late, soon] = [await add(60), await add(1)];
    expect(await run('index_webhook_events')).toEqual({ done: 1, more: false });
    expect(await indexed()).toEqual([old, soon, last].sort());
    expect(await run('index_late_webhook_events')).toEqual({ done: 1, more: false });
    expect(await indexed()).toEqual([old, late, soon, last].sort());
    const older = await add(1200);
    expect(await run('index_webhook_events')).toEqual({ done: 1, more: false });
    expect(await indexed()).toContain(older);
  });

  it('shows nothing to those who may not see deliveries', { tags: ['publishable'] }, async () => {
    await deliver('{"n":"x"}');
    for (const caller of ['member', 'stranger'] as const) {
      const client = await stack.clientFor(caller);
      const { data } = await client.rpc('search_webhook_deliveries', { words: ['x'], most: 50 });
      expect(data ?? []).toEqual([]);
    }
    const nobody = await stack.clientFor('anonymous');
    expect((await nobody.rpc('search_webhook_deliveries', { words: ['x'], most: 50 })).error).not.toBeNull();
  });
});
