import type { ClaimedEvent } from '@/lib/store/queueStore';

const texts = new WeakMap<ClaimedEvent, string>();

/** A claimed event's payload as JSON, written once however many webhooks get it. */
export function payloadText(event: ClaimedEvent): string {
  const known = texts.get(event);
  if (known !== undefined) return known;
  const text = JSON.stringify(event.payload);
  texts.set(event, text);
  return text;
}
