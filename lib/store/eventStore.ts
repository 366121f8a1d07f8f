import DataLoader from 'dataloader';
import type { JWTPayload } from 'jose';
import { z } from 'zod';
import { type EmittedEvent, emittedEventSchema } from '@/lib/domain/askedTrigger';
import type { Claim } from './claimSchema';
import type { ClaimRequest } from './queueStore';
import { callAsService } from './serviceCall';
import type { StoreClient } from './storeClient';
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
  /** The webhook on whose account it is triggered: one that skips its own changes does not get it. */
  origin_webhook?: string | undefined;
};

const refusedSchema = z.object({ code: z.string(), message: z.string() });
const answersSchema = z.array(z.union([emittedEventSchema, refusedSchema]));

/** Most events of one call, and about most characters. */
const most = { events: 250, characters: 1024 * 1024 };
/** Milliseconds for which events wait at most for the call before theirs, and, where several go together, for any lock. */
const patience = 100;

/** What became of an event. A function, so that one which has to wait keeps nobody it travelled with. */
type Outcome = () => Promise<EmittedEvent>;

type Emission = {
  /** What became of each event, in the same order. */
  answers: z.infer<typeof answersSchema>;
  /** Whether they made deliveries. */
  queued: boolean;
  /** What was claimed in the same transaction; null: nothing was. */
  claim: Claim | null;
};

/** Runs the commit of a group of events, and says what may be claimed along; null: nothing. */
type EmitWith = (commit: (request: ClaimRequest | null) => Promise<Emission>) => Promise<Emission>;

/** Who triggers. */
export type Emitter = {
  /** Its rights are those of the events. */
  client: StoreClient;
  /** What the proven token of a person says; null: the service itself; undefined: somebody whom only the database knows. */
  claims: JWTPayload | null | undefined;
};

// By what says who calls: no event ever goes with another caller's rights, nor with those that a token no longer proves.
const travellers = new WeakMap<JWTPayload | StoreClient, DataLoader<NewEvent, Outcome>>();

/**
 * Commits an event with its deliveries. Events of one client travel together (group commit): what arrives while a call is
 * under way goes with the next one, each is answered by itself, and nothing waits when nothing is under way.
 * @throws WebhookError `unknown_event`, `payload_not_json`, `payload_too_large`, `payload_too_deep`,
 *   `idempotency_key_reused`, `forbidden`, `database_unavailable`, `timeout`
 */
export async function emitEvent(
  emitter: Emitter,
  event: NewEvent,
  emitWith: EmitWith = (commit) => commit(null),
): Promise<EmittedEvent> {
  const caller = emitter.claims ?? emitter.client;
  const known = travellers.get(caller);
  const loader = known ?? travelTogether(emitter, emitWith);
  if (!known) travellers.set(caller, loader);
  const outcome = await loader.load(event);
  return outcome();
}

function travelTogether(emitter: Emitter, emitWith: EmitWith): DataLoader<NewEvent, Outcome> {
  let call: Promise<unknown> = Promise.resolve();
  let before = call;
  const depart = async (events: readonly NewEvent[]) => {
    const groups = Promise.all(groupsOf(events).map((group) => emitGroup(emitter, emitWith, group)));
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
async function emitGroup(emitter: Emitter, emitWith: EmitWith, events: NewEvent[]): Promise<Outcome[]> {
  const isAlone = events.length === 1;
  const patienceMs = isAlone ? null : patience;
  const texts = events.map(textOf);
  try {
    const { answers } = await emitWith((request) => emitTexts(emitter, texts, patienceMs, request));
    return answers.map((answer) => async () => {
      if ('event_id' in answer) return answer;
      throw databaseError(answer);
    });
  } catch (error) {
    return events.map((event) => async () => {
      if (isAlone || !isLocked(error)) throw error;
      // Somebody holds the key of one of them: only that one may wait for it.
      const [outcome] = await emitGroup(emitter, emitWith, [event]);
      if (!outcome) throw error;
      return outcome();
    });
  }
}

async function emitTexts(
  { client, claims }: Emitter,
  events: string[],
  patience_ms: number | null,
  request: ClaimRequest | null,
): Promise<Emission> {
  if (claims === undefined) {
    return emissionOf(unwrap(await client.rpc('emit_webhook_events_each', { events, patience_ms })), null);
  }
  const { maxItems, worker, after, maxPayload = null } = request ?? noClaim;
  // The service commits and claims; the events are the person's.
  const answer = await callAsService('emit_and_claim_webhook_deliveries', {
    events,
    person: claims,
    patience_ms,
    max_items: maxItems,
    worker,
    after_webhook: after,
    max_payload: maxPayload,
  });
  const { events: emitted, claim } = JSON.parse(answer);
  return emissionOf(emitted, claim);
}

const noClaim: ClaimRequest = { maxItems: 0, worker: '', after: null };

function emissionOf(events: unknown, claim: Claim | null): Emission {
  const answers = answersSchema.parse(events);
  return { answers, queued: answers.some((answer) => 'event_id' in answer && answer.deliveries > 0), claim };
}

/** As text: an API on the way may read JSON into doubles. The payload is not written a second time. */
const textOf = ({ payload, ...event }: NewEvent) =>
  `${JSON.stringify(event).slice(0, -1)},"payload":${payload}}`;
