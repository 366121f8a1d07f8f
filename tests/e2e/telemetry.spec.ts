import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type APIRequestContext, expect } from '@playwright/test';
import { test } from '../support/e2e.ts';
import { type OwnStack, startOwnStack } from '../support/ownStack.ts';
import { signIn } from '../support/session.ts';
import { startTraceCollector } from '../support/traceCollector.ts';

/*
 * Metrics and traces of a product that is configured for them, and their absence from one that is not.
 */

const hook = pathToFileURL(path.join(import.meta.dirname, '../support/loadedTelemetry.mjs')).href;
const metricsToken = 'metrics-token-of-this-test';
let own: OwnStack;
let api: APIRequestContext;

/** Starts a product that writes down which telemetry modules its app loads. */
async function start(
  playwright: { request: { newContext(options: object): Promise<APIRequestContext> } },
  variables: Record<string, string>,
): Promise<() => string[]> {
  mkdirSync(test.info().outputDir, { recursive: true });
  const file = path.join(test.info().outputDir, 'loaded.txt');
  const watch = { NODE_OPTIONS: `--import ${hook}`, LOADED_TELEMETRY_FILE: file };
  own = await startOwnStack({ ...watch, ...variables });
  api = await playwright.request.newContext({ baseURL: own.stack.info.url });
  await signIn(api, own.stack.info.admin);
  return () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);
}

test.afterEach(async () => {
  await api?.dispose();
  await own?.stop();
});

async function createWebhook(data: Record<string, unknown>): Promise<string> {
  const response = await api.post('/api/webhooks', {
    data: { name: 'Telemetry', events: ['lead.created'], retry_delay: 1, ...data },
  });
  expect(response.status(), await response.text()).toBe(201);
  return (await response.json()).id;
}

async function trigger(headers: Record<string, string> = {}, eventType = 'lead.created'): Promise<number> {
  const data = { event_type: eventType, payload: { id: '1', nom: 'Dupont' } };
  return (await api.post('/api/webhooks/trigger', { data, headers })).status();
}

const logLines = (): Record<string, unknown>[] =>
  readFileSync(path.join(own.dataDir, 'logs/app.log'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"webhook_attempt"'))
    .map((line) => JSON.parse(line));

async function finished(count: number): Promise<void> {
  await expect
    .poll(async () => (await (await api.get('/api/deliveries?status=success,failed')).json()).items.length)
    .toBe(count);
}

const scrape = (authorization?: string) =>
  api.get('/api/metrics', { headers: authorization ? { authorization } : {} });

/** The value of a sample such as `name{label="x"}`. */
function sample(text: string, name: string): number | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length));
}

test('unconfigured: no metrics route, no module loaded, no trace', async ({ receiver, playwright }) => {
  const loaded = await start(playwright, {});
  await createWebhook({ url: receiver.url });
  expect(await trigger()).toBe(202);
  await finished(1);
  expect(loaded()).toEqual([]);
  for (const authorization of [undefined, 'Bearer ', 'Bearer undefined', `Bearer ${metricsToken}`]) {
    const answer = await scrape(authorization);
    expect([answer.status(), (await answer.json()).code]).toEqual([404, 'not_found']);
  }
  const [line] = logLines();
  expect(line).toMatchObject({ event_type: 'lead.created', attempt: 1, status: 'success', http_status: 200 });
  expect(line).not.toHaveProperty('trace_id');
});

test('metrics: for whoever has the token, with what happened', async ({ receiver, playwright }) => {
  const loaded = await start(playwright, { METRICS_TOKEN: metricsToken });
  receiver.script([{ status: 500 }]);
  await createWebhook({ url: `${receiver.url}/retried` });
  await createWebhook({
    url: receiver.url,
    transform_enabled: true,
    transform_script: 'throw new Error("champ absent");',
  });
  expect(await trigger()).toBe(202);
  expect(await trigger({}, 'lead.exploded')).toBe(422);
  await finished(2);

  for (const wrong of [undefined, 'Bearer wrong', metricsToken, `Basic ${metricsToken}`]) {
    const answer = await scrape(wrong);
    expect([answer.status(), (await answer.json()).code]).toEqual([401, 'wrong_metrics_token']);
  }
  // The figures of the queue are given again for a second, and whoever has the event sent looks at them, too.
  const retrying = async () =>
    sample(
      await (await scrape(`Bearer ${metricsToken}`)).text(),
      'webhook_queue_deliveries{state="retrying"}',
    );
  await expect.poll(retrying).toBe(0);
  const answer = await scrape(`Bearer ${metricsToken}`);
  expect(answer.status()).toBe(200);
  expect(answer.headers()['content-type']).toContain('text/plain; version=0.0.4');
  const text = await answer.text();
  const expected: Record<string, number> = {
    'webhook_triggers_total{outcome="accepted"}': 1,
    'webhook_triggers_total{outcome="unknown_event"}': 1,
    'webhook_attempts_total{outcome="retrying",error_kind="status"}': 1,
    'webhook_attempts_total{outcome="success",error_kind=""}': 1,
    'webhook_attempts_total{outcome="failed",error_kind="transform_error"}': 1,
    'webhook_attempt_duration_seconds_count{outcome="success"}': 1,
    'webhook_transforms_total{result="transform_error"}': 1,
    webhook_transform_duration_seconds_count: 1,
    webhook_deliveries_claimed_total: 3,
    webhook_attempts_in_flight: 0,
    webhook_results_waiting: 0,
    webhook_database_up: 1,
    webhook_oldest_claimable_seconds: 0,
    'webhook_health{status="ok"}': 1,
    'webhook_held{reason="paused"}': 0,
    'webhook_jobs{state="running"}': 0,
    webhook_failed_exchanges: 0,
    'webhook_queue_deliveries{state="retrying"}': 0,
    'webhook_breakers{state="open"}': 0,
    'webhook_webhooks{status="active"}': 2,
  };
  for (const [name, value] of Object.entries(expected))
    expect([name, sample(text, name)]).toEqual([name, value]);
  expect(sample(text, 'webhook_exchange_duration_seconds_count{result="ok"}')).toBeGreaterThan(1);
  expect(sample(text, 'process_cpu_seconds_total')).toBeGreaterThan(0);
  expect(text).not.toContain(new URL(receiver.url).host);
  expect(loaded().join()).toContain('prom-client');
  expect(loaded().join()).not.toContain('opentelemetry');
});

test('traces: one from the caller over the trigger to every attempt', async ({ receiver, playwright }) => {
  const collector = await startTraceCollector();
  const loaded = await start(playwright, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  receiver.script([{ status: 503 }]);
  const id = await createWebhook({ url: `${receiver.url}/secret-token?key=secret` });
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  expect(await trigger({ traceparent: `00-${traceId}-00f067aa0ba902b7-01` })).toBe(202);
  await finished(1);
  await api.get('/api/deliveries?q=monsieur-dupont');
  const attempts = await collector.waitFor((span) => span.name === 'attempt', 2);
  const [triggered, ...others] = collector.spans.filter((span) => span.name === 'trigger');
  expect(others).toEqual([]);
  const [request] = collector.spans.filter((span) => span.name === 'POST /api/webhooks/trigger');
  expect(request).toMatchObject({ traceId, parentSpanId: '00f067aa0ba902b7' });
  expect(triggered).toMatchObject({
    traceId,
    kind: 4,
    service: 'devlink-webhooks',
    attributes: { 'webhook.event_type': 'lead.created' },
  });

  const port = Number(new URL(receiver.url).port);
  const common = { 'http.request.method': 'POST', 'server.address': '127.0.0.1', 'server.port': port };
  const [first, second] = attempts.sort((a, b) => a.startTimeUnixNano.localeCompare(b.startTimeUnixNano));
  expect(attempts.map((span) => [span.traceId, span.parentSpanId, span.kind])).toEqual([
    [traceId, triggered?.spanId, 3],
    [traceId, triggered?.spanId, 3],
  ]);
  expect(first?.attributes).toMatchObject({
    ...common,
    'webhook.id': id,
    'webhook.attempt': 1,
    'webhook.outcome': 'retrying',
    'http.response.status_code': 503,
    'error.type': 'status',
  });
  expect(first?.status.code).toBe(2);
  expect(second?.attributes).toMatchObject({
    ...common,
    'webhook.attempt': 2,
    'webhook.outcome': 'success',
    'http.response.status_code': 200,
  });
  expect(second?.attributes).not.toHaveProperty('error.type');
  expect(second?.attributes['webhook.delivery_id']).toBe(first?.attributes['webhook.delivery_id']);
  expect(Number(second?.endTimeUnixNano)).toBeGreaterThan(Number(second?.startTimeUnixNano));

  expect(logLines().map((line) => [line.attempt, line.trace_id])).toEqual([
    [1, traceId],
    [2, traceId],
  ]);
  // The receiver learns nothing of our traces, and the traces nothing of the receiver's tokens.
  expect(receiver.requests.map((request) => request.headers.traceparent)).toEqual([undefined, undefined]);
  expect(JSON.stringify(collector.spans)).not.toMatch(/secret|monsieur-dupont/);
  // Exchanges with the database would be spans by the thousand.
  expect(collector.spans.filter((span) => span.name.startsWith('fetch'))).toEqual([]);
  expect(loaded().join()).toContain('@opentelemetry/sdk-trace');
  expect(loaded().join()).not.toContain('prom-client');

  // Asked to stop, the app sends the spans that wait.
  expect(await trigger()).toBe(202);
  await own.stack.stop();
  expect(collector.spans.filter((span) => span.name === 'attempt')).toHaveLength(3);
  await collector.close();
});
