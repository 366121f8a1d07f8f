import { type Bench, emitMany } from './benchContext.ts';

const budgetMs = 300;

/** How long each request of a person takes while a million deliveries wait for one webhook: the slowest of some. */
export async function measurePeople(bench: Bench): Promise<void> {
  const waiting = bench.quick ? 50_000 : 1_000_000;
  const id = await pileUp(bench, waiting);
  const { api, sql } = bench;
  const some = await sql<{ id: string }[]>`
    select id from webhook_queue where webhook_id = ${id} and locked_until is null order by due_at desc limit 50`;
  const ids = some.map((row) => row.id);
  let next = 0;
  const one = () => ids[next++ % ids.length] ?? '';
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const times = bench.quick ? 3 : 10;
  const requests: [name: string, times: number, ask: () => Promise<unknown>][] = [
    ['the list of webhooks', times, () => api.get('/api/webhooks')],
    ['one webhook', times, () => api.get(`/api/webhooks/${id}`)],
    ['its statistics', times, () => api.get(`/api/webhooks/${id}/stats?range=24h`)],
    ['its deliveries', times, () => api.get(`/api/deliveries?webhook_id=${id}&limit=50`)],
    [
      'its waiting deliveries',
      times,
      () => api.get(`/api/deliveries?webhook_id=${id}&status=pending&limit=50`),
    ],
    ['its retries', times, () => api.get(`/api/deliveries?webhook_id=${id}&status=retrying&limit=50`)],
    ['its failures', times, () => api.get(`/api/deliveries?webhook_id=${id}&status=failed&limit=50`)],
    ['one delivery', times, () => api.get(`/api/deliveries/${one()}`)],
    ['health', times, () => api.get('/api/health')],
    ['send one again', times, () => api.post(`/api/deliveries/${one()}/redeliver`, {})],
    ['cancel one', times, () => api.post(`/api/deliveries/${one()}/cancel`, {})],
    ['save its settings', times, () => api.patch(`/api/webhooks/${id}`, { description: `n ${next++}` })],
    ['switch it off', 1, () => api.patch(`/api/webhooks/${id}`, { status: 'inactive' })],
    ['switch it on', 1, () => api.patch(`/api/webhooks/${id}`, { status: 'active', waiting: 'send' })],
    ['replay failures', 1, () => api.post('/api/deliveries/replay', { webhook_id: id, from: since })],
    ['cancel all of them', 1, () => api.post(`/api/webhooks/${id}/cancel`, {})],
    ['delete it', 1, () => api.delete(`/api/webhooks/${id}`)],
  ];
  for (const [name, count, ask] of requests) {
    let slowest = 0;
    for (let n = 0; n < count; n++) {
      const began = performance.now();
      await ask();
      slowest = Math.max(slowest, performance.now() - began);
    }
    bench.figures.push({
      name: `a person, ${waiting.toLocaleString('en')} waiting: ${name}, slowest of ${count}`,
      value: slowest,
      unit: 'ms',
      ratio: slowest / budgetMs,
      of: `${budgetMs} ms`,
    });
  }
  await sql`truncate webhook_queue, webhook_history, webhooks, webhook_jobs cascade`;
}

/** A webhook whose receiver hangs: so many wait for it, and a tenth as many have failed. */
async function pileUp(bench: Bench, waiting: number): Promise<string> {
  const { sql, receiver } = bench;
  await sql`truncate webhook_queue, webhook_history, webhooks, webhook_jobs cascade`;
  await receiver.tell({ do: 'behave', path: '/piled', hang: true });
  const [webhook] = await sql<{ id: string }[]>`
    insert into webhooks (name, url, events, timeout_ms)
    values ('Piled', ${`${receiver.url}/piled`}, array['lead.created'], 30000) returning id`;
  const id = webhook?.id ?? '';
  await emitMany(bench, 'lead.created', 1);
  const [event] = await sql<{ id: string }[]>`select id from webhook_events order by id desc limit 1`;
  const chunk = 100_000;
  for (let done = 0; done < waiting; done += chunk) {
    await sql`
      insert into webhook_queue (webhook_id, event_id, event_type) select ${id}, ${event?.id ?? ''}, 'lead.created'
      from generate_series(1, ${Math.min(chunk, waiting - done)}::int)`;
  }
  await sql`
    insert into webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence,
      last_error_kind, last_error, created_at)
    select webhook_uuid_v7(), ${id}, ${event?.id ?? ''}, 'lead.created', false, 'failed', 3, 4, 1, 'status', 'made up', now()
    from generate_series(1, ${waiting / 10}::int)`;
  await sql`vacuum analyze webhook_queue, webhook_history`;
  return id;
}
