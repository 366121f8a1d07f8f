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
const search = async (words: string[], filters: object = {}) =>
  dataOf<Found[]>(await admin.rpc('search_webhook_deliveries', { words, most: 50, ...filters }));
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

  it('answers what lists show, and not the payload', async () => {
    await deliver('{"n":"x"}');
    const [row] = await search(['x']);
    expect(row).toMatchObject({ webhook_id: webhookId, status: 'pending', in_flight: false });
    expect(row).not.toHaveProperty('payload_text');
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
