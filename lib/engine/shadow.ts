import { isDeepStrictEqual } from 'node:util';
import { draftRunsPerMinute, type ShadowOutcome } from '@/lib/domain/script';
import { storableText } from '@/lib/domain/storableText';
import type { TransformInput, TransformResult } from '@/lib/domain/transform';
import { runDraft } from '@/lib/sandbox/transformSandbox';
import type { ClaimedEvent } from '@/lib/store/claimSchema';
import { draftScript, type KeptRun, listDrafts, noteRun } from '@/lib/store/shadowStore';
import { type Clock, monotonicClock } from './clock';
import { keepHost } from './keepHost';
import { report } from './report';
import { inputOf } from './states';

/** Milliseconds for which it is taken as known which webhooks have a draft. */
const knownFor = 10_000;
/** Samples that wait for their turn, of all webhooks: each holds a payload. */
const mostWaiting = 20;
/** Characters of a result that are kept of an example. */
const keptLength = 32_768;
const minuteMs = 60_000;

/** What goes out of an event: what the live script made of it; null: there is none, and the payload goes as it is. */
export type Shadowed = {
  webhookId: string;
  eventId: string;
  event: ClaimedEvent;
  live: TransformResult | null;
};

type ShadowParts = {
  clock: Clock;
  listDrafts: typeof listDrafts;
  draftScript: typeof draftScript;
  run: (draft: { id: string; script: string; input: TransformInput }) => Promise<TransformResult | undefined>;
  note: typeof noteRun;
};

/** A draft that is run; `ran` times since `since`. The script is read when it is first needed. */
type Draft = { id: string; script: string | null; since: number; ran: number };

/**
 * Runs drafts beside the live scripts, on some of what goes by, and notes how they compare. Nobody waits for it: what is offered
 * is taken or left at once, one draft runs at a time, in a sandbox of its own and of low priority, and whatever fails here
 * ends here.
 */
class Shadow {
  readonly #parts: ShadowParts;
  #drafts = new Map<string, Draft>();
  #lookedAt = Number.NEGATIVE_INFINITY;
  readonly #waiting: Shadowed[] = [];
  #working: Promise<void> | null = null;

  constructor(parts: ShadowParts) {
    this.#parts = parts;
  }

  /** Takes it, or leaves it, at once. Never throws. */
  offer(shadowed: Shadowed): void {
    if (this.#waiting.length >= mostWaiting) return;
    const now = this.#parts.clock.now();
    // While nobody knows, it waits for the answer.
    if (this.#isKnown(now) && !this.#turnOf(shadowed.webhookId, now)) return;
    this.#waiting.push(shadowed);
    this.#working ??= Promise.resolve().then(() => this.#work());
    keepHost(this.#working);
  }

  /** A draft was saved, published or thrown away. */
  forget(): void {
    this.#lookedAt = Number.NEGATIVE_INFINITY;
  }

  #isKnown(now: number): boolean {
    return now - this.#lookedAt < knownFor;
  }

  /** The webhook's draft, when it may run once more in this minute. */
  #turnOf(webhookId: string, now: number): Draft | undefined {
    const draft = this.#drafts.get(webhookId);
    return draft && (draft.ran < draftRunsPerMinute || now - draft.since >= minuteMs) ? draft : undefined;
  }

  async #work(): Promise<void> {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      try {
        if (!this.#isKnown(this.#parts.clock.now())) await this.#look();
        await this.#compare(next);
      } catch (error) {
        report('a draft could not be compared with its live script; nothing else is', error);
      }
    }
    this.#working = null;
  }

  async #look(): Promise<void> {
    const former = new Map([...this.#drafts.values()].map((draft) => [draft.id, draft]));
    const begun = (id: string): Draft => ({ id, script: null, since: Number.NEGATIVE_INFINITY, ran: 0 });
    try {
      const rows = await this.#parts.listDrafts();
      this.#drafts = new Map(rows.map(({ id, webhook_id }) => [webhook_id, former.get(id) ?? begun(id)]));
    } finally {
      // Also when it failed: it is asked again later, not with each delivery.
      this.#lookedAt = this.#parts.clock.now();
    }
  }

  async #compare(shadowed: Shadowed): Promise<void> {
    const now = this.#parts.clock.now();
    const draft = this.#turnOf(shadowed.webhookId, now);
    if (!draft) return;
    if (now - draft.since >= minuteMs) Object.assign(draft, { since: now, ran: 0 });
    draft.ran += 1;
    draft.script ??= await this.#parts.draftScript(draft.id);
    if (draft.script === null) return;
    const input = inputOf(shadowed.event);
    const result = await this.#parts.run({ id: draft.id, script: draft.script, input });
    // It was not run: it rests, after it had to be stopped by force.
    if (!result || (!result.ok && result.kind === 'transform_paused')) return;
    const outcome = outcomeOf(shadowed, result);
    await this.#parts.note(draft.id, outcome, outcome === 'same' ? null : exampleOf(shadowed, result));
  }
}

/** What went out as the payload: null where the live script failed, "null" where it passed the event over. */
function jsonOf(result: TransformResult): string | null {
  if (!result.ok) return null;
  return result.dropped ? 'null' : result.json;
}
const sentOf = ({ live, event }: Shadowed) => (live ? jsonOf(live) : event.payload);

/** The order of keys is no difference. */
function outcomeOf(shadowed: Shadowed, draft: TransformResult): ShadowOutcome {
  const [sent, drafted] = [sentOf(shadowed), jsonOf(draft)];
  if (drafted === null) return 'failed';
  if (sent === null) return 'different';
  return sent === drafted || isDeepStrictEqual(JSON.parse(sent), JSON.parse(drafted)) ? 'same' : 'different';
}

function exampleOf(shadowed: Shadowed, draft: TransformResult): KeptRun {
  const kept = (json: string | null) =>
    json === null || json.length > keptLength ? null : storableText(json);
  return {
    event_id: shadowed.eventId,
    event_type: shadowed.event.event_type,
    live: kept(sentOf(shadowed)),
    draft: kept(jsonOf(draft)),
    live_error: shadowed.live ? errorOf(shadowed.live) : null,
    draft_error: errorOf(draft),
  };
}

function errorOf(result: TransformResult): string | null {
  if (result.ok) return null;
  const { kind, message, line, column } = result;
  const where = line === undefined ? '' : ` (${line}:${column ?? 1})`;
  return storableText(`${kind}: ${message}${where}`, 1000);
}

/** Makes a shadow, with the parts of this process where none are given. */
export const createShadow = (given: Partial<ShadowParts> = {}) =>
  new Shadow({ clock: monotonicClock, listDrafts, draftScript, run: runDraft, note: noteRun, ...given });

// Route handlers are bundled apart from each other: the process's one shadow lives on globalThis.
const holder = globalThis as typeof globalThis & { devlinkWebhookShadow?: Shadow };
const shadow = () => (holder.devlinkWebhookShadow ??= createShadow());

/** Offers what goes by to the drafts of this process. */
export const offerToDraft = (shadowed: Shadowed): void => shadow().offer(shadowed);

/** Has this process ask anew which webhooks have a draft. */
export const noticeDrafts = (): void => shadow().forget();
