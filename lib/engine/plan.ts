import type { Claim } from '@/lib/store/claimSchema';

/*
 * What a drain does next: pure functions of its state, the monotonic clock and a random number. All times are
 * milliseconds of that clock.
 */

/** Most deliveries in one claim, and most results in one statement. */
const batchSize = 1000;
/** Results that are worth an exchange at once: of half as many each costs the API half as much again. */
const goodBatch = 500;
/** Most deliveries that are claimed along with the commit of events: the transaction of somebody who waits. */
const fewItems = 100;
/** Fewest and most milliseconds that fewer results wait for company. */
const lingerLimits = { least: 10, most: 200 };
/** Exchanges with the database at once: while one is under way, what another brought is being sent. */
const maxExchanges = 2;
/**
 * Characters of payloads under way beyond which only small ones are claimed. A request holds its payload up to
 * four times: as text, as body, in the seed's signature, on its way into the socket.
 */
const maxCharacters = 64 * 1024 * 1024;
/** Bytes: a payload of which `WEBHOOKS_CONCURRENCY` fit in memory. */
const smallPayload = 8 * 1024;
/**
 * Milliseconds between two looks at an idle queue: events emitted in SQL wake this process only where somebody tells it of
 * them. Once nothing has come for `quietAfter`, it looks more rarely: an installation at rest asks little of its database.
 */
export const idleLook = 500;
export const quietLook = 5000;
export const quietAfter = 60_000;
/** A drain that works in batches as small as `few`, while others have `many` deliveries under way, leaves it to them. */
const share = { few: 250, many: 500 };

/**
 * Milliseconds without anything to do after which a drain asks to be told of what comes, where the database can tell. Sooner,
 * each of a few deliveries in a row would cost a sleep.
 */
export const dozeAfter = 50;

/** Milliseconds to wait after the database could not be reached. */
export const databasePause = 1000;

/** What a drain knows of itself when it decides. */
export type DrainState = {
  /** Nothing more is claimed. */
  stopped: boolean;
  /** Until when somebody who called it wants it to work, and until when a wake-up does. */
  budgetEnds: number;
  wakeEnds: number;
  /** Attempts that may be under way at once, and those that are. */
  width: number;
  underWay: number;
  /** Characters of their payloads. */
  characters: number;
  /** Deliveries asked for in exchanges that are not answered. */
  asked: number;
  exchanges: number;
  /** Results that wait for an exchange, and since when the oldest does. */
  results: number;
  resultsSince: number;
  /** Results that are written apart from the others, and when the next of them are due. */
  apart: number;
  apartAt: number;
  /** Leases of this worker may exist that it does not know of: nothing is claimed before they are given up. */
  unknownLeases: boolean;
  /** The database did not answer: nothing is asked until then. */
  pausedUntil: number;
  /** Others have the work until then: nothing is claimed. */
  restUntil: number;
  /** When a claim last found something, or somebody said that there was something. */
  busyAt: number;
  /** When to look at the queue again. */
  lookAt: number;
  /** When the first of what the present round over the webhooks saw falls due. */
  dueAt: number;
  /** When to doze: to have the database tell of what comes. Infinity while it does, and where it cannot. */
  dozeAt: number;
  /** Where the round goes on; null at its beginning. */
  cursor: string | null;
  /** For how long few results wait: as long as the last exchange took. Who shares a busy database asks it less often. */
  linger: number;
};

/** What to do now. `maxPayload`: bytes, null for any. `patienceMs`: how long any lock is waited for. */
export type Plan =
  | { step: 'exchange'; maxItems: number; maxPayload: number | null; patienceMs: number }
  | { step: 'recover' }
  | { step: 'apart' }
  | { step: 'doze' }
  | { step: 'sleep'; until: number }
  | { step: 'end' };

/** The state in which a drain begins at `now`. @param width attempts under way at once */
export const restingState = (width: number, unknownLeases: boolean, now: number): DrainState => ({
  stopped: false,
  budgetEnds: Number.NEGATIVE_INFINITY,
  wakeEnds: Number.NEGATIVE_INFINITY,
  width,
  underWay: 0,
  characters: 0,
  asked: 0,
  exchanges: 0,
  results: 0,
  resultsSince: 0,
  apart: 0,
  apartAt: Number.POSITIVE_INFINITY,
  unknownLeases,
  pausedUntil: Number.NEGATIVE_INFINITY,
  restUntil: Number.NEGATIVE_INFINITY,
  busyAt: now,
  lookAt: Number.NEGATIVE_INFINITY,
  dueAt: Number.NEGATIVE_INFINITY,
  dozeAt: Number.POSITIVE_INFINITY,
  cursor: null,
  linger: lingerLimits.least,
});

/** Decides what a drain does now. While it may claim it never sleeps beyond the idle look. */
export function planNext(state: DrainState, now: number): Plan {
  const mayClaim = !state.stopped && now < Math.max(state.budgetEnds, state.wakeEnds);
  const isResting = now < state.restUntil;
  const dozeAt = isIdle(state) && !isResting ? state.dozeAt : Number.POSITIVE_INFINITY;
  if (isIdle(state) && (!mayClaim || (nothingSoon(state, now) && dozeAt === Number.POSITIVE_INFINITY)))
    return { step: 'end' };
  if (now >= state.apartAt) return { step: 'apart' };
  const nextLook = Math.min(state.apartAt, now + idleLook);
  if (now < state.pausedUntil) return { step: 'sleep', until: Math.min(state.pausedUntil, nextLook) };
  if (state.unknownLeases && mayClaim) {
    // Not while a claim is under way: what it brings is not known yet either.
    return state.exchanges === 0 ? { step: 'recover' } : { step: 'sleep', until: nextLook };
  }
  const room = mayClaim && !isResting ? roomOf(state) : 0;
  const exchangeAt = state.exchanges < maxExchanges ? nextExchangeAt(state, room) : Number.POSITIVE_INFINITY;
  if (now >= exchangeAt) {
    const maxPayload = state.characters < maxCharacters ? null : smallPayload;
    const patienceMs = patienceAfter(state.linger);
    return { step: 'exchange', maxItems: Math.min(room, batchSize), maxPayload, patienceMs };
  }
  if (now >= dozeAt) return { step: 'doze' };
  const until = Math.min(
    exchangeAt,
    dozeAt,
    nextLook,
    isResting ? state.restUntil : Number.POSITIVE_INFINITY,
  );
  return { step: 'sleep', until };
}

/**
 * How many more deliveries may be claimed. What cannot be written takes room too: where nothing can, sending ends, for
 * it would only be sent again.
 */
export const roomOf = ({ width, underWay, asked, apart }: DrainState) =>
  Math.max(0, width - underWay - asked - apart);

/**
 * How many deliveries a drain takes along with events that are about to be committed: when it has nothing to do, or its last look
 * showed it that nothing else is to be claimed now. One that knows of more takes none: its next exchange does, in its turn.
 */
export function roomForEmitted(state: DrainState, now: number): number {
  const hasSeenAll = state.cursor === null && state.asked === 0 && now < state.lookAt;
  const mayTake = (isIdle(state) || hasSeenAll) && !state.stopped && !state.unknownLeases;
  if (!mayTake || now < state.pausedUntil || now < state.restUntil) return 0;
  // Half of its room stays: a commit may have to wait, and nothing else may.
  return Math.min(Math.floor(roomOf(state) / 2), fewItems);
}

/** How many results the next exchange takes along, at most. */
export const resultsPerExchange = batchSize;

/**
 * When to exchange next: at once for many results, or few when nothing else is under way, or a look at the queue
 * that is due and has room for a good part of a batch; else when the oldest result has waited long enough.
 */
function nextExchangeAt(state: DrainState, room: number): number {
  const isAlone = state.underWay === 0;
  const resultsAt =
    state.results === 0
      ? Number.POSITIVE_INFINITY
      : state.results >= goodBatch || isAlone
        ? Number.NEGATIVE_INFINITY
        : state.resultsSince + state.linger;
  const isRoomy = room > 0 && (isAlone || room >= Math.min(goodBatch, state.width) / 4);
  return Math.min(resultsAt, isRoomy ? state.lookAt : Number.POSITIVE_INFINITY);
}

const isIdle = (state: DrainState) =>
  state.underWay === 0 && state.results === 0 && state.apart === 0 && state.exchanges === 0;

/** Only a wake-up keeps the drain going, and nothing falls due within it. */
const nothingSoon = (state: DrainState, now: number) =>
  now >= state.budgetEnds && now < state.lookAt && state.dueAt > state.wakeEnds;

/** For how long few results wait after an exchange that took `tookMs`. */
export const lingerAfter = (tookMs: number) =>
  Math.min(Math.max(tookMs, lingerLimits.least), lingerLimits.most);

/**
 * How long an exchange waits for a lock: several times what exchanges take. Other drains hold one for as long as that;
 * whoever holds it longer on a quiet database would hold up everybody's results.
 */
const patienceAfter = (lingerMs: number) => Math.round(Math.min(Math.max(4 * lingerMs, 100), 500));

type AfterClaim = Pick<DrainState, 'cursor' | 'dueAt' | 'lookAt' | 'restUntil' | 'busyAt'>;

/**
 * When to look again after a claim was answered.
 * @param woken somebody woke the drain after the claim was asked for
 * @param random from 0 to 1
 */
export function afterClaim(
  state: DrainState,
  claim: Omit<Claim, 'batch' | 'jobs'> & { items: number },
  { now, random, woken }: { now: number; random: number; woken: boolean },
): AfterClaim {
  const seen = claim.wait_ms === null ? Number.POSITIVE_INFINITY : now + claim.wait_ms;
  const dueAt = state.cursor === null ? seen : Math.min(state.dueAt, seen);
  const busyAt = claim.items > 0 ? now : state.busyAt;
  const nextLook = now + (now - busyAt < quietAfter ? idleLook : quietLook);
  // A round over the webhooks that ended found everything; unless somebody woke us after it began.
  const lookAt = claim.cursor === null && !woken ? Math.min(dueAt, nextLook) : now;
  const leaves = !woken && isBetterDoneElsewhere(state, claim) && random < 0.5;
  return {
    cursor: claim.cursor,
    dueAt,
    lookAt,
    busyAt,
    restUntil: leaves ? now + idleLook : state.restUntil,
  };
}

/**
 * An exchange costs the database much the same whatever it carries. Each drain takes the slots that it frees, so
 * that small shares would stay small for ever; of several drains in the same case about half rest.
 */
const isBetterDoneElsewhere = (
  { underWay }: DrainState,
  { items, in_flight_elsewhere }: { items: number; in_flight_elsewhere: number },
) => in_flight_elsewhere >= share.many && underWay + items < share.few;
