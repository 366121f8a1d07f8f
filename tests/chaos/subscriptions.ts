import type { Behaviour } from './receiverProcess.ts';

/** A webhook of the run: what it listens to, how its receiver behaves, what it does to payloads. */
export type Subscription = {
  name: string;
  events: string[];
  behaviour: Behaviour;
  fields?: Record<string, unknown>;
};

const script = (body: string) => ({ transform_enabled: true, transform_script: body });
const soon = { timeout_ms: 1000 };

/** Each name is also the path at the receiver. Nobody triggers `file.uploaded`. */
export const subscriptions: Subscription[] = [
  { name: 'steady', events: ['lead.created', 'lead.updated'], behaviour: 'well' },
  { name: 'flaky', events: ['lead.created'], behaviour: 'error' },
  { name: 'slow', events: ['lead.created'], behaviour: 'slow' },
  {
    name: 'scripted',
    events: ['lead.created'],
    behaviour: 'well',
    fields: script('return { ...payload, seen: true };'),
  },
  {
    name: 'throwing',
    events: ['lead.updated'],
    behaviour: 'well',
    fields: script("if (payload.n % 5 === 0) throw new Error('every fifth'); return payload;"),
  },
  {
    name: 'looping',
    events: ['lead.deleted'],
    behaviour: 'well',
    fields: script('while (payload.n % 4 === 0); return payload;'),
  },
  { name: 'paced', events: ['lead.updated'], behaviour: 'well', fields: { rate_limit: 20 } },
  { name: 'ordered', events: ['lead.updated'], behaviour: 'error', fields: { ordered: true } },
  { name: 'merging', events: ['lead.*'], behaviour: 'error', fields: { coalesce_seconds: 2 } },
  {
    name: 'both',
    events: ['lead.updated'],
    behaviour: 'slow',
    fields: { ordered: true, coalesce_seconds: 1 },
  },
  { name: 'reset', events: ['appointment.created'], behaviour: 'reset', fields: soon },
  { name: 'stall', events: ['appointment.created'], behaviour: 'stall', fields: soon },
  { name: 'drip', events: ['appointment.created'], behaviour: 'drip', fields: soon },
  { name: 'garbage', events: ['appointment.created'], behaviour: 'garbage', fields: soon },
  { name: 'flood', events: ['appointment.created'], behaviour: 'flood', fields: soon },
  { name: 'deaf', events: ['file.uploaded'], behaviour: 'well' },
  { name: 'off', events: ['lead.created'], behaviour: 'well', fields: { status: 'inactive' } },
];

/** Whether a webhook must get the events of this type. */
export const listens = (subscription: Subscription, eventType: string) =>
  subscription.events.some((name) => name === eventType || name === eventType.replace(/\..*/, '.*')) &&
  subscription.fields?.status !== 'inactive';

/** The rows to insert, for receivers at this address. */
export function webhookRows(receiverUrl: string): Record<string, unknown>[] {
  return subscriptions.map(({ name, events, fields }) => ({
    name,
    url: `${receiverUrl}/${name}`,
    // As Postgres writes arrays: the connection has fetched no types.
    events: `{${events.join(',')}}`,
    retry_delay: 1,
    max_retries: 3,
    timeout_ms: 2000,
    rate_limit: null,
    status: 'active',
    transform_enabled: false,
    transform_script: '',
    ordered: false,
    coalesce_seconds: 0,
    ...fields,
  }));
}
