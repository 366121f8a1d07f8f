import { z } from 'zod';

/** Longest name of an event type. Mirrors `webhook_event_name_is_valid` in the database. */
const maxLength = 100;
const namePattern = /^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/;
const patternPattern = /^(\*|[a-z][a-z0-9_]*\.\*)$/;

/** The kind of what only this system emits. */
export const systemKind = 'webhook';

/** Whether a text is the name of an event type: `kind.verb`. Whether there is one, the registry knows. */
export const isEventName = (text: string) => text.length <= maxLength && namePattern.test(text);

/** Whether a webhook may listen to more than one type by this: `lead.*`, or `*` (all but the system's own). */
const isEventPattern = (text: string) => text.length <= maxLength && patternPattern.test(text);

/** `lead` of `lead.created`. */
export const kindOf = (name: string) => name.slice(0, name.indexOf('.'));

/** Whether somebody may trigger what has this name, as far as the name tells. */
export const isTriggerable = (name: string) => isEventName(name) && kindOf(name) !== systemKind;

/** One of the things that a webhook listens to: an event type or a pattern. */
export const subscriptionSchema = z
  .string('unknown_event')
  .refine((text) => isEventName(text) || isEventPattern(text), 'unknown_event');

/** All that a webhook listens to. */
export const subscriptionsSchema = z
  .array(subscriptionSchema, 'events_required')
  .min(1, 'events_required')
  .max(200, 'events_too_many')
  .transform((events) => [...new Set(events)]);
