import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { PATCH as patchWebhook } from '@/app/api/webhooks/[webhookId]/route';
import { draftRunsPerMinute, type ScriptDraft } from '@/lib/domain/script';
import { drainFor, stopDrain } from '@/lib/engine/processDrain';
import { noticeDrafts } from '@/lib/engine/shadow';
import { closeSandbox } from '@/lib/sandbox/transformSandbox';
import { scriptService } from '@/lib/services/scriptService';
import { previewTransform } from '@/lib/services/transformService';
import { webhookService } from '@/lib/services/webhookService';
import { noteRun } from '@/lib/store/shadowStore';
import { emptyTables } from '../support/emptyTables';
import { browser, call } from '../support/nextHeaders';
import { type Receiver, startReceiver } from '../support/receiver';
import { testStack } from '../support/testStack';
import { addWebhook } from '../support/webhooks';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/* The scripts that a webhook had, whoever saved them; and the one it may get, run beside the live one and only compared. */

const stack = testStack();
let admin: Awaited<ReturnType<typeof stack.clientFor>>;
let headers: { authorization: string };
let userId: string;
let receiver: Receiver;
beforeAll(async () => {
  admin = await stack.clientFor('admin');
  headers = { authorization: `Bearer ${await stack.accessToken('admin')}` };
  userId = (await admin.auth.getUser()).data.user?.id ?? '';
  receiver = await startReceiver();
});
beforeEach(async () => {
  await emptyTables(stack.sql);
  browser.headers = new Headers(headers);
  receiver.requests.length = 0;
  noticeDrafts();
});
afterAll(async () => {
  await stopDrain();
  await closeSandbox();
  await receiver.close();
});

const versionsOf = (id: string) =>
  stack.sql`select script, saved_by from webhook_script_versions where webhook_id = ${id} order by id`;
const returning = (text: string) => `return { text: '${text}' };`;

describe('each script that is saved is a version', () => {
  const ways: Record<string, (id: string, script: string) => Promise<unknown>> = {
    'the API, as the console does': (id, transform_script) =>
      call(patchWebhook, `/api/webhooks/${id}`, {
        method: 'PATCH',
        headers,
        params: { webhookId: id },
        body: { transform_script },
      }),
    'the service': (id, transform_script) => webhookService.update(id, { transform_script }),
    REST: async (id, transform_script) =>
      expect((await admin.from('webhooks').update({ transform_script }).eq('id', id)).error).toBeNull(),
    SQL: (id, transform_script) =>
      stack.sql`update webhooks set transform_script = ${transform_script} where id = ${id}`,
  };
  it.each(Object.keys(ways))('saved by %s', async (name) => {
    const id = await addWebhook(stack.sql, { transform_script: returning('first') });
    await ways[name]?.(id, returning('second'));
    const versions = await versionsOf(id);
    expect(versions.map(({ script }) => script)).toEqual([returning('first'), returning('second')]);
    expect(versions[1]?.saved_by).toBe(name === 'SQL' ? null : userId);
  });

  it('with a new webhook too, and what takes it away; not what leaves it as it is', async () => {
    const { id } = await webhookService.create({
      name: 'x',
      url: 'https://receiver.test/',
      events: ['lead.created'],
      transform_script: returning('a'),
    } as never);
    await webhookService.update(id, { description: 'changed', transform_script: returning('a') });
    await webhookService.update(id, { status: 'inactive' });
    await webhookService.update(id, { transform_script: '' });
    expect((await versionsOf(id)).map(({ script }) => script)).toEqual([returning('a'), '']);
    expect(await versionsOf(await addWebhook(stack.sql))).toEqual([]);
  });

  it('that is listed, read and restored: with that it is the newest', async () => {
    const id = await addWebhook(stack.sql, { transform_script: returning('old') });
    await webhookService.update(id, { transform_script: returning('new') });
    const { items } = await scriptService.versions(id, userId, { limit: 10 });
    expect(items.map(({ mine }) => mine)).toEqual([true, false]);
    const old = items[1]?.id ?? '';
    expect(await scriptService.version(id, old, userId)).toMatchObject({ script: returning('old') });
    expect(await scriptService.restore(id, old, userId)).toMatchObject({
      transform_script: returning('old'),
    });
    expect((await versionsOf(id)).map(({ script }) => script)).toEqual(
      ['old', 'new', 'old'].map((text) => returning(text)),
    );
    const page = await scriptService.versions(id, userId, { limit: 2 });
    const rest = await scriptService.versions(id, userId, { limit: 2, cursor: page.next_cursor ?? '' });
    expect([page.items.length, rest.items.length, rest.next_cursor]).toEqual([2, 1, null]);
    await expect(scriptService.version(await addWebhook(stack.sql), old, userId)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('and goes with its webhook, at once, and so does the draft', async () => {
    const id = await addWebhook(stack.sql, { transform_script: returning('secret') });
    await scriptService.saveDraft(id, returning('draft'), userId);
    await webhookService.remove(id);
    expect(await versionsOf(id)).toEqual([]);
    expect(await stack.sql`select from webhook_script_drafts`).toHaveLength(0);
  });
});

/** A webhook that sends to the receiver, with a live script and a draft. */
async function withDraft(live: string | null, draft: string): Promise<{ id: string; draft: ScriptDraft }> {
  const id = await addWebhook(stack.sql, {
    url: `${receiver.url}/`,
    ...(live !== null && { transform_enabled: true, transform_script: live }),
  });
  const answer = await scriptService.saveDraft(id, draft, userId);
  if (!answer.draft) throw new Error('no draft was saved');
  return { id, draft: answer.draft };
}
const trigger = (payload: object) => webhookService.triggerWebhooksForEvent('lead.created', payload as never);
/** The draft, once so many runs are noted. */
async function afterRuns(id: string, runs: number): Promise<ScriptDraft> {
  for (const until = Date.now() + 20_000; Date.now() < until; await sleep(50)) {
    const { draft } = await scriptService.draft(id, userId);
    if (draft && draft.same + draft.different + draft.failed >= runs) return draft;
    void drainFor(200);
  }
  throw new Error(`fewer than ${runs} runs: ${JSON.stringify(await scriptService.draft(id, userId))}`);
}

describe('a draft in the shadow', () => {
  const live = 'return { n: payload.n };';
  it('of what is sent is the same, different or failed; what is sent is the live one’s', async () => {
    const draft = `if (payload.n === 2) throw new Error('two'); return { n: payload.n === 1 ? 'one' : payload.n };`;
    const { id } = await withDraft(live, draft);
    for (const n of [0, 1, 2]) await trigger({ id: '1', n });
    const found = await afterRuns(id, 3);
    expect(found).toMatchObject({ same: 1, different: 1, failed: 1 });
    expect(found.examples).toHaveLength(2);
    const of = (outcome: string) => found.examples.find((example) => example.outcome === outcome);
    expect(of('different')).toMatchObject({
      live: '{"n":1}',
      draft: '{"n":"one"}',
      event_type: 'lead.created',
    });
    expect(of('failed')).toMatchObject({ live: '{"n":2}', draft: null });
    expect(of('failed')?.draft_error).toContain('transform_error: Error: two');
    const sent = (await receiver.waitFor(3)).map(({ body }) => JSON.parse(body.toString()).payload.n);
    expect(sent.sort()).toEqual([0, 1, 2]);
    // It cost nothing: no failure, no breaker, no figure of the webhook.
    const [figures] = await stack.sql`
      select sum(failed)::int as failed, sum(errors_transform)::int as transform from webhook_stats_hourly where webhook_id = ${id}`;
    expect(figures?.failed ?? 0).toBe(0);
    expect(figures?.transform ?? 0).toBe(0);
    expect(await stack.sql`select from webhook_health where webhook_id = ${id}`).toHaveLength(0);
  });

  it('is compared with the payload itself where there is no live script; tests and retries are not taken', async () => {
    const { id } = await withDraft(null, 'return { ...payload };');
    await webhookService.sendTest(id);
    await trigger({ id: '1', n: 1 });
    expect(await afterRuns(id, 1)).toMatchObject({ same: 1, different: 0, failed: 0 });
  });

  it('that hangs holds up no delivery', async () => {
    const { id } = await withDraft(live, 'for (;;) {}');
    await trigger({ id: '1', n: 0 });
    await receiver.waitFor(1);
    const began = performance.now();
    for (let n = 1; n <= 20; n++) await trigger({ id: '1', n });
    await receiver.waitFor(21, 10_000);
    // One after the other, its runs would take 20 times 100 ms of a processor at least, and the first silence a second.
    expect(performance.now() - began).toBeLessThan(4000);
    const draft = await afterRuns(id, 1);
    expect(draft.examples[0]?.draft_error).toMatch(/^transform_timeout/);
    await expect
      .poll(
        () =>
          stack.sql`select status, count(*)::int from webhook_deliveries where webhook_id = ${id} group by 1`,
        { timeout: 10_000 },
      )
      .toEqual([{ status: 'success', count: 21 }]);
  });

  it('is run a bounded number of times, and so many examples are kept', async () => {
    const { draft } = await withDraft(live, 'return { n: 0 };');
    const [event] = await stack.sql`
      insert into webhook_events (event_type, payload) values ('lead.created', '{}') returning id`;
    const example = {
      event_id: event?.id,
      event_type: 'lead.created',
      live: '{}',
      draft: null,
      live_error: null,
      draft_error: null,
    };
    for (let n = 0; n < 12; n++) await noteRun(draft.id, n % 2 ? 'failed' : 'different', example);
    const kept =
      await stack.sql`select outcome, count(*)::int from webhook_shadow_examples group by 1 order by 1`;
    expect(kept).toEqual([
      { outcome: 'different', count: 5 },
      { outcome: 'failed', count: 5 },
    ]);
    expect(draftRunsPerMinute).toBeLessThanOrEqual(60);
  });

  it('keeps nothing of an event that was erased meanwhile, and forgets what is older than any event', async () => {
    const { draft } = await withDraft(live, 'return {};');
    const [event] = await stack.sql`
      insert into webhook_events (event_type, payload, erased_at) values ('lead.created', '{}', now()) returning id`;
    const rest = {
      event_type: 'lead.created',
      live: '"x"',
      draft: null,
      live_error: null,
      draft_error: null,
    };
    await noteRun(draft.id, 'different', { event_id: event?.id, ...rest });
    expect(await stack.sql`select from webhook_shadow_examples`).toHaveLength(0);
    await stack.sql`
      insert into webhook_shadow_examples (draft_id, event_id, event_type, outcome)
      values (${draft.id}, webhook_uuid_v7_floor(now() - interval '40 days'), 'lead.created', 'failed'), (${draft.id}, ${event?.id}, 'lead.created', 'failed')`;
    const [row] = await stack.sql`select forget_shadow_examples(100) as n`;
    expect(row?.n).toBe(1);
    expect(await stack.sql`select from webhook_shadow_examples`).toHaveLength(1);
  });
});

describe('a draft', () => {
  it('is published: it is the script that is applied, and a version', async () => {
    const { id, draft } = await withDraft(null, returning('draft'));
    expect(await scriptService.publishDraft(id, draft.id)).toMatchObject({
      transform_script: returning('draft'),
      transform_enabled: true,
    });
    expect(await versionsOf(id)).toMatchObject([{ script: returning('draft'), saved_by: userId }]);
    expect(await scriptService.draft(id, userId)).toEqual({ draft: null });
    await trigger({ id: '1' });
    const [request] = await receiver.waitFor(1);
    expect(JSON.parse(request?.body.toString() ?? '').payload).toEqual({ text: 'draft' });
  });

  it('is thrown away, or replaced: then its counts begin at zero, and nobody publishes the one before', async () => {
    const { id, draft } = await withDraft(null, returning('one'));
    await noteRun(draft.id, 'same', null);
    const { draft: next } = await scriptService.saveDraft(id, returning('two'), userId);
    expect(next).toMatchObject({ same: 0, mine: true, script: returning('two') });
    await expect(scriptService.publishDraft(id, draft.id)).rejects.toMatchObject({ code: 'draft_not_found' });
    await scriptService.discardDraft(id, next?.id ?? '');
    await expect(scriptService.discardDraft(id, next?.id ?? '')).rejects.toMatchObject({
      code: 'draft_not_found',
    });
    expect((await versionsOf(id)).length).toBe(0);
    await noteRun(draft.id, 'same', null); // late: of a draft that is gone
  });

  it('that does not parse, is blank or too long is refused, as is one of an unknown webhook', async () => {
    const id = await addWebhook(stack.sql);
    await expect(scriptService.saveDraft(id, 'return {', userId)).rejects.toMatchObject({
      code: 'validation_failed',
      errors: [{ path: 'script', code: 'script_syntax' }],
    });
    for (const script of [' ', 'x'.repeat(65_537)])
      expect((await admin.rpc('save_webhook_script_draft', { webhook_id: id, script })).error?.message).toBe(
        'validation_failed',
      );
    const unknown = crypto.randomUUID();
    await expect(scriptService.saveDraft(unknown, returning('x'), userId)).rejects.toMatchObject({
      code: 'webhook_not_found',
    });
    await expect(scriptService.draft(unknown, userId)).rejects.toMatchObject({ code: 'webhook_not_found' });
  });
});

describe('before there was a delivery', () => {
  it('a script runs on what the journal has of the webhook’s types, patterns too', async () => {
    await trigger({ id: '7', nom: 'Durand' });
    const { events } = await webhookService.previewConditions({
      conditions: [],
      events: ['lead.*'],
      limit: 20,
    });
    expect(events).toHaveLength(1);
    const preview = await previewTransform(
      'return { nom: payload.nom, event_type };',
      { eventId: events[0]?.id ?? '' },
      userId,
    );
    expect(preview).toMatchObject({ ok: true, output: { nom: 'Durand', event_type: 'lead.created' } });
    await expect(
      previewTransform('return {};', { eventId: crypto.randomUUID() }, userId),
    ).rejects.toMatchObject({ code: 'event_not_found' });
  });
});
