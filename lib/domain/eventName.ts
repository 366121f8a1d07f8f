/** Longest name of an event type. Mirrors `webhook_event_name_is_valid` in the database. */
const maxLength = 100;
const namePattern = /^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/;
const patternPattern = /^(\*|[a-z][a-z0-9_]*\.\*)$/;

/** The same for who reads the description of the API. */
export const eventNameForm = { pattern: namePattern.source, maxLength };

/** Whether a text is the name of an event type: `kind.verb`. Whether there is one, the registry knows. */
export const isEventName = (text: string) => text.length <= maxLength && namePattern.test(text);

/** Whether a webhook may listen to more than one type by this: `lead.*`, or `*` (all but the system's own). */
export const isEventPattern = (text: string) => text.length <= maxLength && patternPattern.test(text);

/** `lead` of `lead.created`. */
export const kindOf = (name: string) => name.slice(0, name.indexOf('.'));

/** The kind of most of what only this system emits. */
export const systemKind = 'webhook';

/** Whether only this system emits what has this name. Mirrors `webhook_event_is_system` in the database. */
export const isSystemEvent = (name: string) => kindOf(name) === systemKind || name === 'delivery.exhausted';

/** Whether somebody may trigger what has this name, as far as the name tells. */
export const isTriggerable = (name: string) => isEventName(name) && !isSystemEvent(name);

/** The pattern that stands for every type of a kind, also those to come. */
export const patternOf = (kind: string) => `${kind}.*`;

/** Whether who listens to these names and patterns gets events of this type. Mirrors `webhook_listens` in the database. */
export const listensTo = (events: readonly string[], name: string) =>
  events.includes(name) ||
  events.includes(patternOf(kindOf(name))) ||
  (events.includes('*') && !isSystemEvent(name));
