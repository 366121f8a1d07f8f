import { askedRarely } from '@/lib/domain/askedRarely';
import { type FieldError, WebhookError } from '@/lib/domain/errors';
import { type EventTypeRule, listEventTypeRules } from '@/lib/store/eventTypeStore';
import { within } from '@/lib/store/timeLimits';
import { logger } from '@/lib/telemetry/logger';
import { schemaFaults } from './payloadSchema';

/** Milliseconds for which what the registry says of payloads is believed: for so long another process does not see a change. */
const rulesAge = 5000;

/** Milliseconds that the first trigger of a process waits for them. */
const patience = 2000;

type Rules = ReadonlyMap<string, EventTypeRule>;

// Route handlers are bundled apart from each other: what the process knows lives on globalThis.
const holder = globalThis as typeof globalThis & {
  devlinkEventTypeRules?: { ask: () => Promise<Rules>; known: Rules | null } | undefined;
};

/** What an answer to a trigger says besides. */
export type PayloadNotes = {
  /** Where the payload does not fit the schema of its type, which warns and does not refuse. */
  warnings?: FieldError[];
  /** Since when nothing new should use this type. */
  deprecated_at?: string;
};

/**
 * Holds a payload to the schema of its event type. Most types have none that warns or refuses, and cost nothing.
 * @param json of the payload
 * @throws WebhookError `payload_invalid`
 */
export async function checkPayload(eventType: string, json: string): Promise<PayloadNotes> {
  const rule = (await rules()).get(eventType);
  if (!rule) return {};
  const deprecated = rule.deprecated_at === null ? {} : { deprecated_at: rule.deprecated_at };
  if (rule.schema === null || rule.schema_mode === 'document') return deprecated;
  const errors = schemaFaults(rule.schema, JSON.parse(json));
  if (errors.length === 0) return deprecated;
  if (rule.schema_mode === 'gate') throw new WebhookError('payload_invalid', { errors });
  logger().warn(
    { event_type: eventType, paths: errors.map(({ path }) => path) },
    'a payload does not fit the schema of its event type',
  );
  return { ...deprecated, warnings: errors };
}

/** After a change of the registry by this process. */
export function forgetPayloadRules(): void {
  holder.devlinkEventTypeRules = undefined;
}

/**
 * Nobody waits for them but the first: they are asked anew while those of before still count. Where they cannot be read, the
 * event is worth more than its schema.
 */
async function rules(): Promise<Rules> {
  holder.devlinkEventTypeRules ??= { ask: askedRarely(read, () => rulesAge), known: null };
  const held = holder.devlinkEventTypeRules;
  const asked = held.ask().then((answer) => {
    held.known = answer;
    return answer;
  });
  asked.catch((error: unknown) =>
    logger().warn({ err: error }, 'the registry of event types could not be read'),
  );
  return held.known ?? within(patience, asked).catch(() => new Map());
}

const read = async (): Promise<Rules> =>
  new Map((await listEventTypeRules()).map((rule) => [rule.name, rule]));
