import { z } from 'zod';
import { isEventName, isEventPattern } from './eventName';

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
