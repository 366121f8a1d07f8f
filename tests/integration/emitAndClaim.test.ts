import { createClient } from '@supabase/supabase-js';
import fc from 'fast-check';
import { decodeJwt, type JWTPayload } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDrain } from '@/lib/engine/processDrain';
import { adminClient } from '@/lib/store/adminClient';
import { emitEvent } from '@/lib/store/eventStore';
import type { TestStack } from '../support/database';
import { emptyTables } from '../support/emptyTables';
import { startReceiver } from '../support/receiver';
import { testStack } from '../support/testStack';
import { addWebhook, waitForBlocked } from '../support/webhooks';

/*
 * Deliveries that are claimed as their events are emitted: to a drain at rest, in the same transaction, with the rights of
 * whoever triggers, and by the rules of every claim.
 */

const stack = testStack();
beforeEach(() => emptyTables(stack.sql));

type Sql = Pick<TestStack['sql'], 'unsafe'>;
const textOf = (n: number) => JSON.stringify({ event_type: 'lead.created', payload: { n } });

/** What was claimed: of which webhook, of which event, and for how long. */
type Claimed = { webhook: string; n: number; fence: number; retry: number; lease: number }[];
type Answer = {
  cursor: string | null;
  batch: {
    items: { webhook_id: string; event_id: string; fence: number; retry_count: number; lease_ms: number }[];
    events: Record<string, { payload: string }>;
  };
};

const claimedOf = (claim: Answer | null): Claimed =>
  (claim?.batch.items ?? [])
    .map(({ webhook_id, event_id, fence, retry_count, lease_ms }) => ({
      webhook: webhook_id,
      n: JSON.parse(claim?.batch.events[event_id]?.payload ?? '{}').n,
      fence,
      retry: retry_count,
      lease: Math.round(lease_ms / 1000),
    }))
    .sort((a, b) => a.webhook.localeCompare(b.webhook) || a.n - b.n);

const array = (texts: string[]) => `array[${texts.map((text) => `'${text}'`).join()}]::text[]`;

async function emitAndClaim(sql: Sql, texts: string[], max: number, worker = 'own/1') {
  const [row] = await sql.unsafe<{ answer: string }[]>(
    `select emit_and_claim_webhook_deliveries(${array(texts)}, null, null, ${max}, '${worker}', null, null) as answer`,
  );
  return JSON.parse(row?.answer ?? '') as { events: { event_id: string }[]; claim: Answer | null };
}

describe('what is claimed', () => {
  /** A webhook in any state, and what it already owes. */
  const webhook = fc.record({
    status: fc.constantFrom('active', 'active', 'active', 'inactive'),
    max_in_flight: fc.integer({ min: 1, max: 6 }),
    rate_limit: fc.constantFrom(null, null, 1, 5),
    waiting: fc.nat(6),
    underWay: fc.nat(4),
    retries: fc.nat(3),
    pausedSeconds: fc.constantFrom(null, null, null, 60),
    heldSeconds: fc.constantFrom(null, null, null, -5, 60),
  });

  it('is what a claim right after the commit would have taken, whatever there is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(webhook, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 30 }),
        async (webhooks, events, max) => {
          const texts = Array.from({ length: events }, (_, n) => textOf(n));
          const both = await stack.sql
            .begin(async (sql) => {
              for (const { waiting, underWay, retries, pausedSeconds, heldSeconds, ...fields } of webhooks) {
                const id = await addWebhook(sql as unknown as TestStack['sql'], {
                  ...fields,
                  status: 'active',
                });
                await sql`
                  insert into webhook_queue (webhook_id, event_id, event_type, due_at, locked_until, worker, retry_count)
                  select ${id}, webhook_uuid_v7(), 'lead.created', now() - interval '1 minute', until, 'own/1', lane
                  from (
                    select 0 as lane, null::timestamptz as until from generate_series(1, ${waiting}::int)
                    union all select 0, now() + interval '30 seconds' from generate_series(1, ${underWay}::int)
                    union all select 1, null from generate_series(1, ${retries}::int)
                  ) as owed`;
                if (pausedSeconds !== null)
                  await sql`
                    insert into webhook_health (webhook_id, failures, outages, paused_until)
                    values (${id}, 9, 9, now() + ${pausedSeconds}::int * interval '1 second')`;
                if (heldSeconds !== null)
                  await sql`
                    insert into webhook_holds (webhook_id, held_until, status_code, slots)
                    values (${id}, now() + ${heldSeconds}::int * interval '1 second', 429, 2)`;
                if (fields.status === 'inactive')
                  await sql`update webhooks set status = 'inactive' where id = ${id}`;
              }
              const attempt = async (work: () => Promise<Claimed>) => {
                let claimed: Claimed = [];
                await sql
                  .savepoint(async () => {
                    claimed = await work();
                    throw new Error('back');
                  })
                  .catch((error: Error) => {
                    if (error.message !== 'back') throw error;
                  });
                return claimed;
              };
              const together = await attempt(async () =>
                claimedOf((await emitAndClaim(sql, texts, max)).claim),
              );
              const apart = await attempt(async () => {
                await sql.unsafe(`select emit_webhook_events_each(${array(texts)})`);
                const [row] = await sql<{ claim: Answer }[]>`
                  select claim_webhook_deliveries(${max}::int, 'own/1') as claim`;
                return claimedOf(row?.claim ?? null);
              });
              // A claim is made where something was queued.
              const listens = webhooks.some(({ status }) => status === 'active');
              throw Object.assign(new Error('done'), { both: { together, apart: listens ? apart : [] } });
            })
            .catch((error: Error & { both?: { together: Claimed; apart: Claimed } }) => {
              if (!error.both) throw error;
              return error.both;
            });
          expect(both.together).toEqual(both.apart);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is nothing while another drain is at work, which does not see it', async () => {
    await addWebhook(stack.sql);
    await stack.sql`insert into webhook_workers (worker) values ('other/1')`;
    expect((await emitAndClaim(stack.sql, [textOf(1)], 10)).claim).toBeNull();
    await stack.sql`update webhook_workers set last_exchange_at = now() - interval '61 seconds'`;
    expect(claimedOf((await emitAndClaim(stack.sql, [textOf(2)], 10)).claim)).toHaveLength(2);
    // An earlier life of its own name is none.
    await stack.sql`insert into webhook_workers (worker) values ('own/0')`;
    expect(claimedOf((await emitAndClaim(stack.sql, [textOf(3)], 10)).claim)).toHaveLength(1);
  });

  it('is nothing where nothing was queued, or nothing is wanted', async () => {
    await addWebhook(stack.sql, { events: ['file.deleted'] });
    expect((await emitAndClaim(stack.sql, [textOf(1)], 10)).claim).toBeNull();
    await addWebhook(stack.sql);
    expect((await emitAndClaim(stack.sql, [textOf(2)], 0)).claim).toBeNull();
  });

  it('goes with the good ones of a group, and what is refused is answered', async () => {
    await addWebhook(stack.sql);
    const { events, claim } = await emitAndClaim(stack.sql, [textOf(1), '{"event_type":"x"}', textOf(3)], 10);
    expect(events).toMatchObject([{ deliveries: 1 }, { message: 'unknown_event' }, { deliveries: 1 }]);
    expect(claimedOf(claim).map(({ n }) => n)).toEqual([1, 3]);
  });

  it('is nothing where something is in the way of it, and the events are committed', async () => {
    await addWebhook(stack.sql);
    for (const table of ['webhook_marks', 'webhook_pace', 'webhook_holds', 'webhook_health']) {
      await stack.sql.begin(async (sql) => {
        await sql.unsafe(`lock table ${table} in access exclusive mode`);
        const began = performance.now();
        const { events, claim } = await emitAndClaim(stack.sql, [textOf(1)], 10);
        expect([table, events, claim]).toEqual([table, [expect.objectContaining({ deliveries: 1 })], null]);
        expect(performance.now() - began).toBeLessThan(2000);
      });
    }
    expect(claimedOf((await emitAndClaim(stack.sql, [textOf(2)], 10)).claim)).toHaveLength(5);
  });

  it('lapses with its lease, and comes again, when the process that had it is gone', async () => {
    await addWebhook(stack.sql);
    await emitAndClaim(stack.sql, [textOf(1)], 10, 'dead/1');
    const again = async () => {
      const [row] = await stack.sql<
        { claim: Answer }[]
      >`select claim_webhook_deliveries(10, 'next/1') as claim`;
      return claimedOf(row?.claim ?? null);
    };
    expect(await again()).toEqual([]);
    await stack.sql`update webhook_queue set locked_until = now() - interval '1 second'`;
    expect(await again()).toMatchObject([{ n: 1, fence: 2 }]);
  });
});

describe('whoever triggers', () => {
  const claimsOf = async (caller: 'admin' | 'member' | 'stranger') =>
    decodeJwt(await stack.accessToken(caller));
  const emit = async (person: JWTPayload | null, event: object, client = stack.adminClient()) => {
    const { data, error } = await client.rpc('emit_and_claim_webhook_deliveries', {
      events: [JSON.stringify(event)],
      person,
      patience_ms: null,
      max_items: 10,
      worker: 'own/1',
      after_webhook: null,
      max_payload: null,
    });
    return error ? error.message : JSON.parse(data).events[0];
  };
  const lead = (n: number, idempotency_key?: string) => ({
    event_type: 'lead.created',
    payload: { n },
    idempotency_key,
  });

  it('has the rights that they have, and no more', async () => {
    for (const caller of ['admin', 'member'] as const)
      expect(await emit(await claimsOf(caller), lead(1))).toMatchObject({ deliveries: 0 });
    expect(await emit(await claimsOf('stranger'), lead(1))).toBe('forbidden');
    expect(await emit({ ...(await claimsOf('member')), sub: crypto.randomUUID() }, lead(1))).toBe(
      'forbidden',
    );
    const ended = { ...(await claimsOf('member')), session_id: crypto.randomUUID() };
    expect(await emit(ended, lead(1))).toBe('forbidden');
    const member = await stack.clientFor('member');
    expect(await emit(await claimsOf('member'), lead(1), member)).toMatch(/permission denied/);
    expect(await stack.sql`select from webhook_events`).toHaveLength(2);
  });

  it('has keys of their own', async () => {
    const [admin, member] = [await claimsOf('admin'), await claimsOf('member')];
    const first = await emit(admin, lead(1, 'key'));
    expect(await emit(member, lead(2, 'key'))).toMatchObject({ deliveries: 0 });
    expect(await emit(null, lead(3, 'key'))).toMatchObject({ deliveries: 0 });
    expect(await emit(admin, lead(1, 'key'))).toEqual(first);
    expect(await emit(admin, lead(4, 'key'))).toMatchObject({ message: 'idempotency_key_reused' });
    const owners = await stack.sql`select owner::text as owner from webhook_idempotency_keys order by 1`;
    expect(owners.map(({ owner }) => owner)).toEqual(
      [admin.sub, member.sub, '00000000-0000-0000-0000-000000000000'].sort(),
    );
  });

  it('of different rights never travel with each other, however many call at once', async () => {
    const drain = createDrain({ worker: { name: 'own', life: 'own/1' }, mayHaveLeft: false });
    const callers = ['admin', 'member', 'stranger'] as const;
    const emitters = await Promise.all(
      callers.map(async (caller) => {
        const token = await stack.accessToken(caller);
        const accessToken = async () => token;
        const client = createClient(stack.supabaseUrl, stack.publishableKey, { accessToken });
        return { client, claims: decodeJwt(token) };
      }),
    );
    const outcomes = await Promise.allSettled(
      Array.from({ length: 90 }, (_, n) =>
        emitEvent(
          emitters[n % 3] ?? { client: adminClient(), claims: null },
          { event_type: 'lead.created', payload: `{"by":"${callers[n % 3]}"}` },
          (commit) => drain.emit(commit),
        ),
      ),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(
      Array(30).fill(['fulfilled', 'fulfilled', 'rejected']).flat(),
    );
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('forbidden');
    const stored =
      await stack.sql`select payload ->> 'by' as by, count(*)::int as n from webhook_events group by 1 order by 1`;
    expect(stored).toEqual([
      { by: 'admin', n: 30 },
      { by: 'member', n: 30 },
    ]);
    await drain.stop(5000);
  });
});

describe('a drain at rest', () => {
  it('sends what is emitted without a claim of its own, once, and writes it', async () => {
    const receiver = await startReceiver();
    await addWebhook(stack.sql, { url: receiver.url });
    const drain = createDrain({ worker: { name: 'own', life: 'own/1' }, mayHaveLeft: false });
    const emitter = { client: adminClient(), claims: null };
    const event = { event_type: 'lead.created', payload: '{"id":"1"}' };
    for (let n = 1; n <= 5; n += 1) {
      await emitEvent(emitter, event, (commit) => drain.emit(commit));
      await receiver.waitFor(n);
      await expect
        .poll(async () => (await stack.sql`select from webhook_queue`).length, { timeout: 10_000 })
        .toBe(0);
    }
    expect(receiver.requests).toHaveLength(5);
    const statuses = await stack.sql`select status from webhook_deliveries`;
    expect(statuses.map(({ status }) => status)).toEqual(Array(5).fill('success'));
    await drain.stop(5000);
    await receiver.close();
  });

  it('is held up by nobody whose key somebody else is just using', { tags: ['local'] }, async () => {
    const receiver = await startReceiver();
    await addWebhook(stack.sql, { url: receiver.url });
    const drain = createDrain({ worker: { name: 'own', life: 'own/1' }, mayHaveLeft: false });
    const run = drain.runFor(60_000);
    await expect.poll(() => drain.figures.lastExchangeMs, { timeout: 10_000 }).not.toBeNull();
    const emitter = { client: adminClient(), claims: null };
    let contested: Promise<unknown> | undefined;
    await stack.sql.begin(async (sql) => {
      await sql`select emit_webhook_events(${'[{"event_type":"lead.created","payload":{"n":1},"idempotency_key":"key"}]'}::text::json)`;
      contested = emitEvent(
        emitter,
        { event_type: 'lead.created', payload: '{"n":1}', idempotency_key: 'key' },
        (commit) => drain.emit(commit),
      );
      await waitForBlocked(stack.sql);
      await stack.sql`select emit_webhook_event('lead.created', '{"id": "other"}')`;
      await receiver.waitFor(1);
    });
    await contested;
    await receiver.waitFor(2);
    await drain.stop(5000);
    await run;
    await receiver.close();
  });
});
