import { beforeEach, describe, expect, it } from 'vitest';
import { createTestDelivery } from '@/lib/store/queueStore';
import { emptyTables } from '../support/emptyTables';
import { testStack } from '../support/testStack';
import { addWebhook, claim, unknownId } from '../support/webhooks';

const stack = testStack();
beforeEach(() => emptyTables(stack.sql, 'crm_leads'));
beforeEach(() => emptyTables(stack.sql));

const payloads = async (type: string) => {
  const rows = await stack.sql<{ payload: Record<string, unknown> }[]>`
    select payload from webhook_events where event_type = ${type} order by sequence`;
  return rows.map(({ payload }) => payload);
};

describe('the sequence of events', () => {
  it('is that of a batch', async () => {
    const events = Array.from({ length: 500 }, (_, n) => ({ event_type: 'lead.created', payload: { n } }));
    await stack.sql`select emit_webhook_events(${JSON.stringify(events)}::text::json)`;
    expect(await payloads('lead.created')).toEqual(events.map(({ payload }) => payload));
  });

  it('is that in which a record was changed, by however many at once', async () => {
    const [lead] = await stack.sql`insert into crm_leads (nom) values ('0') returning id`;
    await Promise.all(
      Array.from(
        { length: 40 },
        () => stack.sql`update crm_leads set nom = (nom::integer + 1)::text where id = ${lead?.id}`,
      ),
    );
    const names = (await payloads('lead.updated')).map(({ changes }) => changes);
    expect(names).toEqual(Array.from({ length: 40 }, (_, n) => ({ nom: String(n + 1) })));
  });

  it('is of no event that was answered with a former one', async () => {
    const events = ['a', 'b', 'a'].map((key) => ({
      event_type: 'lead.created',
      payload: { key },
      idempotency_key: key,
    }));
    await stack.sql`select emit_webhook_events(${JSON.stringify(events)}::text::json)`;
    expect(await payloads('lead.created')).toEqual([{ key: 'a' }, { key: 'b' }]);
  });

  it('goes with each delivery to the drain, but for tests', async () => {
    const webhookId = await addWebhook(stack.sql);
    await stack.sql`select emit_webhook_event('lead.created', '{"id":"1"}')`;
    const { batch } = await claim(stack.adminClient());
    const [stored] = await stack.sql<{ sequence: string }[]>`select sequence from webhook_events`;
    expect(Object.values(batch.events)).toMatchObject([{ sequence: Number(stored?.sequence) }]);
    const test = await createTestDelivery(
      webhookId,
      { event_type: 'lead.created', payload: {} },
      unknownId(),
    );
    expect(Object.values(test.events)).toMatchObject([{ sequence: null }]);
  });
});
