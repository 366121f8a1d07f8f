import { globSync } from 'node:fs';
import { type APIRequestContext, expect } from '@playwright/test';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks } from '../support/session.ts';

/*
 * Each route of the API with input that nobody means well: what is unknown is 404, what is refused names its field, and
 * nothing is a defect of ours (5xx).
 */

// Some of it is taken.
test.afterEach(async ({ request }) => {
  await deleteAllWebhooks(request);
});

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Body = { data: unknown } | { raw: string };

const unknown = '01890000-0000-7000-8000-000000000000';
const ids = [unknown, 'x', '1', '0', '%00', '%F0%9F%92%A9', "';--", '00000000-0000-0000-0000-000000000000'];

const deep = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const raw = (text: string): Body => ({ raw: text });
/** Of every route that takes a body. */
const bodies: Body[] = [
  ...[null, [], 'text', 1, true, {}, { unknown_field: 1 }, { __proto__: 1, constructor: 1 }].map((data) => ({
    data,
  })),
  ...['{', '{"a":1,}', '"\\ud800"', '{"\\u0000":1}', '[1e999]', deep(5000), '\ufeff{}'].map(raw),
];
const times = [
  'x',
  '1969-12-31',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+23:59',
  '9999-12-31T23:59:59-23:59',
  '+275760-09-13T00:00:00Z',
  '-271821-04-20T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-01-01T00:00:00+99:99',
  'infinity',
];
const zones = [
  '',
  'Nowhere/Else',
  '+25:00',
  '-01:00',
  'Etc/GMT+99',
  'UTC0',
  '../../etc/passwd',
  'Europe/Paris\u0000',
];
const numbers = ['-1', '0', '1e9', '9'.repeat(40), 'NaN', 'x', '', '1.5'];
const texts = ['\u0000', '\ud800', '%', "' or 1=1 --", 'x'.repeat(5000), '\u202e', '💩'.repeat(300)];
const queries = (name: string, values: readonly string[]) =>
  values.map((value) => `?${name}=${encodeURIComponent(value.toWellFormed())}`);
const paging = [
  ...queries('limit', numbers),
  ...queries('cursor', ['zzz', '', unknown, '\u0000', 'x'.repeat(5000)]),
];
const statistics = [...queries('time_zone', zones), ...queries('range', ['', '1h', 'x'])];
const fields = (name: string, values: readonly unknown[], rest: object = {}): Body[] =>
  values.map((value) => ({ data: { ...rest, [name]: value } }));
const appointment = { titre: 'x', debut: '2026-01-01T10:00:00Z', fin: '2026-01-01T11:00:00Z' };
const webhook = { name: 'x', url: 'https://exemple.fr/', events: ['lead.created'] };
const alert = { name: 'x', channel: 'email', emails: ['a@exemple.fr'] };
const odd = [null, -1, 1.5, 1e9, '1', [], {}];

type Tries = Partial<Record<Method, { query?: string[]; body?: Body[] }>>;
const routes: Record<string, Tries> = {
  '[...path]': { GET: {}, POST: { body: bodies } },
  alerts: {
    GET: {},
    POST: {
      body: [
        ...bodies,
        ...fields('name', [...texts, '', 1, null], alert),
        ...fields(
          'emails',
          [[], ['x'], ['a@b.fr\r\nBcc: c@d.fr'], [1], 'a@b.fr', Array(21).fill('a@b.fr')],
          alert,
        ),
        ...fields('channel', ['sms', 'slack', 1, null], alert),
        ...fields('events', [[], ['lead.created'], [1], 'webhook.failing'], alert),
        ...fields('webhook_ids', [[], ['x'], [unknown], 'x', Array(201).fill(unknown)], alert),
        ...fields('url', ['x', 'javascript:alert(1)', 'http://10.0.0.1/', 1], {
          name: 'x',
          channel: 'slack',
        }),
      ],
    },
  },
  'alerts/[alertId]': {
    GET: {},
    PATCH: { body: [...bodies, ...fields('name', texts), ...fields('status', ['x', 1, null])] },
    DELETE: {},
  },
  'alerts/[alertId]/test': { POST: { body: bodies } },
  'auth/login': { POST: { body: [...bodies, ...fields('email', texts, { password: 'x' })] } },
  'auth/logout': {}, // ends the session that the others need: `password.spec.ts` and `doors.spec.ts` sign out
  'auth/password': {
    POST: { body: [...bodies, ...fields('password', texts, { link: { type: 'code', code: 'x' } })] },
  },
  'auth/recover': { POST: { body: [...bodies, ...fields('email', texts)] } },
  'auth/session': { GET: {} },
  'crm/appointments': {
    GET: { query: paging },
    POST: {
      body: [
        ...bodies,
        ...fields('debut', times, appointment),
        ...fields('fin', times, appointment),
        ...fields('lead_id', [unknown, 'x', 1], appointment),
        ...fields('titre', [...texts, 1, null], appointment),
      ],
    },
  },
  'crm/appointments/[id]': { PATCH: { body: [...bodies, ...fields('debut', times)] } },
  'crm/appointments/[id]/cancel': { POST: { body: [...bodies, ...fields('motif', texts)] } },
  'crm/files': {
    GET: { query: paging },
    POST: { query: [...queries('nom', texts), ...queries('lead_id', ids), ...queries('type_mime', texts)] },
  },
  'crm/files/[id]': { DELETE: {} },
  'crm/files/[id]/content': { GET: {} },
  'crm/leads': {
    GET: { query: paging },
    POST: {
      body: [...bodies, ...fields('nom', [...texts, 1, null]), ...fields('email', texts, { nom: 'x' })],
    },
  },
  'crm/leads/[id]': { PATCH: { body: [...bodies, ...fields('nom', texts)] }, DELETE: {} },
  'cron/drain-deliveries': { GET: { query: queries('budget', numbers) } },
  deliveries: {
    GET: {
      query: [
        ...paging,
        ...['from', 'to'].flatMap((name) => queries(name, times)),
        ...['q', 'event_type', 'status'].flatMap((name) => queries(name, texts)),
        ...queries('webhook_id', ['x', unknown, '\u0000']),
        '?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
      ],
    },
  },
  'deliveries/[deliveryId]': { GET: {} },
  'deliveries/[deliveryId]/cancel': { POST: { body: bodies } },
  'deliveries/[deliveryId]/pass-over': { POST: {} },
  'deliveries/[deliveryId]/redeliver': { POST: { body: bodies } },
  'deliveries/cancel': {
    POST: { body: [...bodies, ...fields('ids', [[], ['x'], [1], Array(501).fill(unknown), [unknown], 'x'])] },
  },
  'deliveries/redeliver': {
    POST: { body: [...bodies, ...fields('ids', [[], ['x'], [1], Array(201).fill(unknown), [unknown], 'x'])] },
  },
  'deliveries/replay': {
    POST: {
      body: [
        ...bodies,
        ...fields('from', times, { dry_run: true }),
        ...fields('to', times, { dry_run: true, from: '2026-01-01T00:00:00Z' }),
        ...fields('webhook_id', ['x', unknown, 1], { dry_run: true, from: '2026-01-01T00:00:00Z' }),
        ...fields('dry_run', odd, { from: 'x' }),
      ],
    },
  },
  'deliveries/stats': { GET: { query: [...statistics, ...queries('webhook_id', ['x', unknown])] } },
  'event-types': {
    GET: {},
    POST: {
      body: [
        ...bodies,
        ...fields('name', [...texts, 'x', 'lead.created', 1, null]),
        ...fields('schema', [1, 'x', [], { type: 'nonsense' }, { $ref: '#/nowhere' }], {
          name: 'lead.created',
        }),
        raw(`{"name":"lead.created","sample":${deep(5000)}}`),
        raw(`{"name":"lead.created","schema":${deep(5000)}}`),
      ],
    },
  },
  'event-types/[name]': {
    GET: {},
    PATCH: { body: [...bodies, ...fields('labels', odd), raw(`{"sample":${deep(5000)}}`)] },
    DELETE: {},
  },
  events: {
    GET: {
      query: [
        ...paging,
        ...['since', 'until'].flatMap((name) => queries(name, times)),
        ...['type', 'record_id', 'related_id', 'heard'].flatMap((name) => queries(name, texts)),
      ],
    },
  },
  'events/[eventId]': { GET: {} },
  export: { GET: { query: ['', ...queries('format', texts)] } },
  health: {}, // takes nothing, and 503 is an answer of its own
  import: {
    POST: {
      query: queries('dry_run', ['1', 'x', '']),
      body: [
        ...bodies,
        ...fields('webhooks', [...odd, [null], [{}], [{ slug: 'X' }], Array(501).fill({ slug: 'x' })], {
          version: 1,
        }),
        ...fields('version', odd, { webhooks: [] }),
        ...[
          ...[{ ...webhook, slug: 'x', unknown: 1 }, { slug: 'x' }],
          ...[...texts, 1, null].map((name) => ({ ...webhook, slug: 'x', url: 'x', name })),
          ...[[], { X: 1 }, { __proto__: 'x' }, { 'X-Y': '••••••••' }].map((headers) => ({
            ...webhook,
            slug: 'x',
            url: 'x',
            headers,
          })),
        ].map((one) => ({ data: { version: 1, webhooks: [one] } })),
        raw(`{"version":1,"webhooks":${deep(5000)}}`),
        raw(`{"version":1,"webhooks":[],"x":"${'x'.repeat(10_000_000)}"}`),
      ],
    },
  },
  jobs: { GET: {} },
  'jobs/[jobId]': { GET: {} },
  'jobs/[jobId]/stop': { POST: { body: bodies } },
  'jobs/[jobId]/resume': { POST: { body: bodies } },
  metrics: { GET: {} },
  'openapi.json': { GET: {} },
  'playground/[inboxId]': { GET: {}, POST: { body: bodies } },
  'playground/inboxes': {
    GET: {},
    POST: {
      body: [
        ...bodies,
        ...fields('name', [...texts, 1, null]),
        ...fields('behaviour', [...odd, 'x'], { name: 'x' }),
      ],
    },
  },
  'playground/inboxes/[inboxId]': {
    PATCH: { body: [...bodies, ...fields('behaviour', [...odd, 'x'])] },
    DELETE: {},
  },
  'playground/inboxes/[inboxId]/requests': { GET: {}, DELETE: {} },
  'playground/inboxes/[inboxId]/requests/[requestId]': { GET: {} },
  'playground/listeners': {
    POST: {
      body: [
        ...bodies,
        ...fields('name', [...texts, 1, null], { events: [] }),
        ...fields('events', [[], ['x'], [1], '*', Array(201).fill('lead.created'), ['nothing.known']], {
          name: 'x',
        }),
      ],
    },
  },
  'playground/listeners/[inboxId]/requests': { GET: { query: ['', ...queries('since', times)] } },
  records: { GET: { query: queries('q', ['', ' ', ...texts, 'x'.repeat(300)]) } },
  'records/rows': { GET: { query: queries('record_id', ['', ' ', ...texts, 'x'.repeat(300)]) } },
  'records/erase': { POST: { body: [...bodies, ...fields('record_id', [...texts, '', ' ', 1, null])] } },
  tokens: {
    GET: {},
    POST: {
      body: [
        ...bodies,
        ...fields('name', [...texts.filter((text) => text.length > 100), '\u0000', '', ' ', 1, null], {
          scope: 'read',
          days: 30,
        }),
        ...fields('scope', [...odd, 'admin'], { name: 'x', days: 30 }),
        ...fields('days', [-1, 0, 1.5, 31, 1e9, '30', [], {}], { name: 'x', scope: 'read' }),
      ],
    },
  },
  'tokens/[tokenId]': { DELETE: {} },
  'transforms/preview': {
    POST: {
      body: [
        ...bodies,
        ...[300, 5000, 50_000].map((depth) => raw(`{"script":"return payload","payload":${deep(depth)}}`)),
        ...fields(
          'script',
          [
            '',
            'return {',
            'x'.repeat(70_000),
            1,
            null,
            'let a = {}; for (let i = 0; i < 5000; i++) a = { a }; return a',
          ],
          {
            payload: {},
          },
        ),
        ...['delivery_id', 'event_id'].flatMap((name) =>
          fields(name, ['x', unknown, 1], { script: 'return 1' }),
        ),
        ...fields('event_type', texts, { script: 'return 1', payload: {} }),
      ],
    },
  },
  webhooks: {
    GET: { query: [...paging, ...queries('q', texts)] },
    POST: {
      body: [
        ...bodies,
        ...fields('name', [...texts, 1, null], { ...webhook, url: 'x' }),
        ...fields('url', [...texts, 'http://', 'https://[::', 'https://exemple.fr:99999/', 1], webhook),
        ...fields('events', [[], ['x'], [1], 'lead.created', Array(5000).fill('x')], webhook),
        ...fields(
          'headers',
          [[], { X: null }, { X: 1 }, { X: { a: 1 } }, { 'X\r\nY': 'z' }, { __proto__: 'x' }],
          webhook,
        ),
        ...['max_retries', 'retry_delay', 'timeout_ms', 'max_in_flight', 'rate_limit'].flatMap((name) =>
          fields(name, [-1, 1.5, 1e9, '1', [], {}], webhook),
        ),
        ...fields('body_format', ['x', 1], webhook),
      ],
    },
  },
  'webhooks/[webhookId]': {
    GET: {},
    PATCH: { body: [...bodies, ...fields('name', texts), ...fields('status', ['x', 1, null])] },
    DELETE: {},
  },
  'webhooks/[webhookId]/cancel': { POST: { body: bodies } },
  'webhooks/[webhookId]/scripts': { GET: { query: paging } },
  'webhooks/[webhookId]/scripts/[versionId]': { GET: {} },
  'webhooks/[webhookId]/scripts/[versionId]/restore': { POST: { body: bodies } },
  'webhooks/[webhookId]/scripts/draft': {
    GET: {},
    PUT: {
      body: [...bodies, ...fields('script', ['', ' ', 'return {', '\u0000', 'x'.repeat(70_000), 1, null])],
    },
    DELETE: { query: ['', ...queries('id', texts)] },
  },
  'webhooks/[webhookId]/scripts/draft/publish': {
    POST: { body: [...bodies, ...fields('id', ['x', unknown, 1, null])] },
  },
  'webhooks/[webhookId]/secrets': { GET: {} },
  'webhooks/[webhookId]/secrets/rotate': { POST: { body: [...bodies, ...fields('secret', ['x', 1, null])] } },
  'webhooks/[webhookId]/backfill': {
    POST: {
      body: [...bodies, ...fields('kind', [...texts, ...odd]), { data: { kind: 'lead', dry_run: true } }],
    },
  },
  'webhooks/[webhookId]/missing': {
    POST: {
      body: [
        ...bodies,
        ...fields('since', times),
        ...fields('until', times, { since: '2026-01-01T00:00:00Z' }),
        ...fields('types', [[], [1], ['\u0000'], Array(201).fill('x.y'), 'x'], {
          since: '2026-01-01T00:00:00Z',
        }),
      ],
    },
  },
  'webhooks/[webhookId]/manifest': {
    GET: { query: [...paging, ...['from', 'to'].flatMap((name) => queries(name, times))] },
  },
  'webhooks/[webhookId]/reconciliation': {
    GET: {
      query: [
        '',
        ...['from', 'to'].flatMap((name) => queries(name, times)),
        '?from=2026-01-02&to=2026-01-01',
      ],
    },
  },
  'webhooks/[webhookId]/stats': { GET: { query: statistics } },
  'webhooks/[webhookId]/test': { POST: { body: [...bodies, ...fields('event_type', [...texts, 'x', 1])] } },
  'webhooks/conditions/preview': {
    POST: {
      body: [
        ...bodies,
        ...fields('conditions', [...odd, [{}], [{ path: 'x', operator: 'nonsense' }]], {
          events: ['lead.created'],
        }),
        ...fields('events', [[], [1], ['\u0000'], Array(101).fill('x')]),
        ...fields('limit', odd, { events: ['lead.created'] }),
      ],
    },
  },
  'webhooks/names': {
    GET: {
      query: [
        '',
        ...queries('ids', [
          '',
          'x',
          unknown,
          `${unknown},x`,
          Array(101)
            .fill(0)
            .map((_, n) => `${unknown.slice(0, -3)}${100 + n}`)
            .join(),
        ]),
      ],
    },
  },
  'webhooks/probe': {
    POST: { body: [...bodies, ...fields('url', [...texts, 'https://10.0.0.1/', 'https://[::1]/', 1])] },
  },
  'webhooks/trigger': {
    POST: {
      body: [
        ...bodies,
        ...fields('event_type', [...texts, 'x', 1], { payload: {} }),
        ...[300, 5000, 50_000].map((depth) => raw(`{"event_type":"lead.created","payload":${deep(depth)}}`)),
        ...fields('idempotency_key', [...texts, 1, ''], { event_type: 'x', payload: {} }),
      ],
    },
  },
  'webhooks/trigger/batch': {
    POST: { body: [...bodies, ...fields('events', [[], [null], [1], [{}], Array(1001).fill({}), 'x'])] },
  },
};

test('every route of the API is tried', () => {
  const files = globSync('app/api/**/route.ts').map((file) => file.replace(/^app\/api\/|\/route\.ts$/g, ''));
  expect(Object.keys(routes).sort()).toEqual(files.sort());
});

async function ask(api: APIRequestContext, method: Method, path: string, body?: Body) {
  const sent = body && ('raw' in body ? body.raw : JSON.stringify(body.data));
  return api.fetch(path, {
    method,
    // Who tries and who is tried are two counts.
    ...(sent === undefined
      ? {}
      : { data: Buffer.from(sent), headers: { 'content-type': 'application/json' } }),
  });
}

for (const [route, tries] of Object.entries(routes)) {
  const parameters = route.match(/\[[^\]]+\]/g) ?? [];
  test(`/api/${route} answers input that nobody means well`, async ({ request }) => {
    const defects: string[] = [];
    const look = async (method: Method, id: string, query: string, body?: Body) => {
      const path = `/api/${route.replaceAll(/\[[^\]]+\]/g, id)}${query}`;
      const response = await ask(request, method, path, body);
      const status = response.status();
      const told = `${method} ${path.slice(0, 120)} ${JSON.stringify(body)?.slice(0, 120) ?? ''}: ${status}`;
      if (status >= 500) return void defects.push(`${told} ${(await response.text()).slice(0, 200)}`);
      if (status === 422) {
        const { code, errors } = await response.json();
        // A refusal of the whole has no field.
        if (code === 'validation_failed' && !errors?.length) defects.push(`${told} names no field`);
      }
      if (parameters.length > 0 && status < 300 && !route.startsWith('['))
        defects.push(`${told} of something that there is not`);
    };
    for (const [method, { query = [''], body = [] }] of Object.entries(tries) as [
      Method,
      { query?: string[]; body?: Body[] },
    ][]) {
      for (const id of parameters.length > 0 ? ids : ['']) await look(method, id, query[0] ?? '', body[0]);
      const id = parameters.length > 0 ? unknown : '';
      for (const text of query) await look(method, id, text);
      for (const data of body) await look(method, id, '', data);
    }
    expect(defects).toEqual([]);
  });
}

test('every zone that a browser may name is a chart’s, or is refused by its field', async ({ request }) => {
  const named = [
    ...Intl.supportedValuesOf('timeZone'),
    'EST5EDT',
    'US/Pacific',
    'Etc/GMT-14',
    'GMT',
    'utc',
    'europe/paris',
  ];
  const answers = named.map(async (zone) => {
    const query = new URLSearchParams({ range: '30d', time_zone: zone });
    return { zone, status: (await request.get(`/api/deliveries/stats?${query}`)).status() };
  });
  const wrong = (await Promise.all(answers)).filter(({ status }) => status !== 200 && status !== 422);
  expect(wrong).toEqual([]);
});
