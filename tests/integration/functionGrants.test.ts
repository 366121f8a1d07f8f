import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestStack, type TestStack } from '../support/database';

/*
 * Who may call which function. A new one is callable by the service at most until it is named here.
 */

/** What a signed-in person may call: each asks for the role itself, or tells nothing that is not public anyway. */
const forPeople = new Set([
  'activate_webhook',
  'cancel_waiting_deliveries',
  'cancel_webhook_deliveries',
  'count_failed_deliveries',
  'crm_file_content',
  'delete_crm_file',
  'delete_webhook',
  'emit_webhook_event',
  'emit_webhook_events',
  'is_webhook_admin',
  'is_webhook_member',
  'list_webhook_activity',
  'redeliver_webhook_deliveries',
  'replay_failed_deliveries',
  'reveal_webhook_secrets',
  'rotate_webhook_secret',
  'search_webhook_deliveries',
  'stop_webhook_job',
  'upload_crm_file',
  'webhook_caller',
  'webhook_delivery_wait',
  'webhook_event_types',
  'webhook_jsonb',
  'webhook_readable_json',
  'webhook_statistics',
  'webhook_subscribable_event_types',
  'webhook_uuid_v7',
  'webhook_uuid_v7_floor',
]);

/** Written so that Postgres puts their text in their caller's place, which it does only without settings; all names in them are qualified. */
const inlined = new Set([
  'webhook_delivery_wait',
  'webhook_latency_bucket',
  'webhook_pace_allowance',
  'webhook_pace_turn',
  'webhook_partition_key',
  'webhook_pause',
  'webhook_schema_version',
  'webhook_uuid_v7',
  'webhook_uuid_v7_time',
]);

type Row = {
  name: string;
  anyone: boolean;
  anon: boolean;
  people: boolean;
  definer: boolean;
  fixed: boolean;
};
let stack: TestStack;
let functions: Row[];

beforeAll(async () => {
  stack = await startTestStack();
  functions = await stack.sql<Row[]>`
    select p.proname as name, p.prosecdef as definer,
      exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0) as anyone,
      has_function_privilege('anon', p.oid, 'execute') as anon,
      has_function_privilege('authenticated', p.oid, 'execute') as people,
      coalesce('search_path=""' = any (p.proconfig), false) as fixed
    from pg_proc p where p.pronamespace = 'public'::regnamespace order by 1`;
});
afterAll(() => stack.stop());

const namesOf = (rows: Row[]) => rows.map(({ name }) => name);

it('strangers may call none', () => {
  expect(functions.length).toBeGreaterThan(50);
  expect(namesOf(functions.filter(({ anyone, anon }) => anyone || anon))).toEqual([]);
});

it('people may call those that are meant for them', () => {
  expect(namesOf(functions.filter(({ people }) => people))).toEqual([...forPeople].sort());
});

it('none looks names up where its caller says', () => {
  expect(namesOf(functions.filter(({ fixed }) => !fixed))).toEqual([...inlined].sort());
  expect(functions.filter(({ definer, fixed }) => definer && !fixed)).toEqual([]);
});
