import { z } from 'zod';
import { isEventName, isEventPattern } from './eventName';

/** One of the things that a webhook listens to: an event type or a pattern. */
export const subscriptionSchema = z
  .string('unknown_event')
  .refine((text) => isEventName(text) || isEventPattern(text), 'unknown_event');
