import type { SupabaseClient } from '@supabase/supabase-js';
import DataLoader from 'dataloader';
import { z } from 'zod';
import { databaseError, isLocked, unwrap } from './storeError';
import { within } from './timeLimits';

/** An event to be triggered. */
export type NewEvent = {
  event_type: string;
  /** Its JSON text, as `payloadJson` wrote it: it goes to the database as it is. */
  payload: string;
  idempotency_key?: string | undefined;
  /** The trace that the spans of its attempts join. */
  traceparent?: string | undefined;
};

const emittedSchema = z.object({ event_id: z.string(), deliveries: z.number() });
const refusedSchema = z.object({ code: z.string(), message: z.string() });
const answersSchema = z.array(z.union([emittedSchema, refusedSchema]));

/** A committed event and how many deliveries it made. */
export type EmittedEvent = z.infer<typeof emittedSchema>;

/** Most events of one call, and about most characters. */
const most = { events: 250, characters: 1024 * 1024 };
/** Milliseconds for which events wait at most for the call before theirs, and, where several go together, for any lock. */
const patience = 100;

/** What became of an event. A function, so that one which has to wait keeps nobody it travelled with. */
type Outcome = () => Promise<EmittedEvent>;

// By client, and so by the rights with which it calls: no event ever goes with another caller's.
const travellers = new WeakMap<SupabaseClient, DataLoader<NewEvent, Outcome>>();

/**
 * Commits an event with its deliveries. Events of one client travel together (group commit): what arrives while a call is
 * under way goes with the next one, each is answered by itself, and nothing waits when nothing is under way.
 * @throws WebhookError `unknown_event`, `payload_not_json`, `payload_too_large`, `payload_too_deep`,
 *   `idempotency_key_reused`, `forbidden`, `database_unavailable`, `timeout`
 */
export async function emitEvent(client: SupabaseClient, event: NewEvent): Promise<EmittedEvent> {
  const known = travellers.get(client);
  const loader = known ?? travelTogether(client);
  if (!known) travellers.set(client, loader);
  const outcome = await loader.load(event);
  return outcome();
}

function travelTogether(client: SupabaseClient): DataLoader<NewEvent, Outcome> {
  let call: Promise<unknown> = Promise.resolve();
  let before = call;
  const depart = async (events: readonly NewEvent[]) => {
    const groups = Promise.all(groupsOf(events).map((group) => emitGroup(client, group)));
    call = groups;
    return (await groups).flat();
  };
  return new DataLoader(depart, {
    cache: false,
    maxBatchSize: most.events,
    batchScheduleFn: (dispatch) => {
      before = before.then(() => {
        dispatch();
        // A call that hangs holds up nobody for long.
        return within(patience, call).catch(() => {});
      });
    },
  });
}

function groupsOf(events: readonly NewEvent[]): NewEvent[][] {
  const groups: NewEvent[][] = [[]];
  let characters = 0;
  for (const event of events) {
    characters += event.payload.length;
    if (characters > most.characters && groups.at(-1)?.length) {
      groups.push([]);
      characters = event.payload.length;
    }
    groups.at(-1)?.push(event);
  }
  return groups;
}

/** What became of each, in the same order. Never rejects. */
async function emitGroup(client: SupabaseClient, events: NewEvent[]): Promise<Outcome[]> {
  const isAlone = events.length === 1;
  try {
    const call = client.rpc('emit_webhook_events_each', {
      events: events.map(textOf),
      patience_ms: isAlone ? null : patience,
    });
    return answersSchema.parse(unwrap(await call)).map((answer) => async () => {
      if ('event_id' in answer) return answer;
      throw databaseError(answer);
    });
  } catch (error) {
    return events.map((event) => async () => {
      if (isAlone || !isLocked(error)) throw error;
      // Somebody holds the key of one of them: only that one may wait for it.
      const [outcome] = await emitGroup(client, [event]);
      if (!outcome) throw error;
      return outcome();
    });
  }
}

/** As text: an API on the way may read JSON into doubles. The payload is not written a second time. */
const textOf = ({ payload, ...event }: NewEvent) =>
  `${JSON.stringify(event).slice(0, -1)},"payload":${payload}}`;
