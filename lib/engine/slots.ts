/**
 * Holds each webhook's `max_in_flight` in this process, whatever a claim brings: what is beyond waits here for a slot,
 * first come first served.
 */
export class Slots<Work> {
  readonly #webhooks = new Map<string, { taken: number; waiting: Work[] }>();

  /** Takes a slot of the webhook; false when it has none, and the work waits for one. */
  take(webhookId: string, most: number, work: Work): boolean {
    const slots = this.#webhooks.get(webhookId);
    if (!slots) {
      this.#webhooks.set(webhookId, { taken: 1, waiting: [] });
      return true;
    }
    if (slots.taken < most) {
      slots.taken += 1;
      return true;
    }
    slots.waiting.push(work);
    return false;
  }

  /** Gives a slot back; answers the work that has it now, or undefined when none waits. */
  giveBack(webhookId: string): Work | undefined {
    const slots = this.#webhooks.get(webhookId);
    const next = slots?.waiting.shift();
    if (!slots || next !== undefined) return next;
    slots.taken -= 1;
    if (slots.taken === 0) this.#webhooks.delete(webhookId);
    return undefined;
  }

  /** Takes out all work that waits: it has no slot, and gets none. */
  empty(): Work[] {
    return [...this.#webhooks.values()].flatMap((slots) => slots.waiting.splice(0));
  }
}
