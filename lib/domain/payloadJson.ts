import { WebhookError } from './errors';

/** Largest event payload, in UTF-8 bytes of JSON. */
const maxPayloadBytes = 256 * 1024;
/** Most levels of arrays and objects in a payload. */
const maxPayloadDepth = 200;

// In what JSON.stringify writes, only halves of surrogate pairs are escaped as \ud…: whole pairs are written as they are.
const unstorableEscape = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;
const unstorable =
  'The payload holds a NUL character (U+0000) or half of a surrogate pair, which the database cannot store.';

/**
 * The JSON text of a payload that may be triggered. Mirrors what the SQL `emit_webhook_events` refuses.
 * @throws WebhookError `payload_not_json` (also null, and text that Postgres cannot hold), `payload_too_large`,
 *   `payload_too_deep`
 */
export function payloadJson(payload: unknown): string {
  const json = stringified(payload);
  if (json === undefined || json === 'null') throw new WebhookError('payload_not_json');
  if (exceedsBytes(json, maxPayloadBytes)) throw new WebhookError('payload_too_large');
  if (isDeep(json)) throw new WebhookError('payload_too_deep');
  if (unstorableEscape.test(json)) throw new WebhookError('payload_not_json', { detail: unstorable });
  return json;
}

/** Whether a value is nested no deeper than a payload may be. */
export function isShallow(value: unknown): boolean {
  try {
    return !isDeep(JSON.stringify(value) ?? '');
  } catch {
    return false;
  }
}

function stringified(payload: unknown): string | undefined {
  try {
    return JSON.stringify(payload);
  } catch (cause) {
    // V8 follows some thousands of levels; a cycle is a TypeError.
    throw new WebhookError(cause instanceof RangeError ? 'payload_too_deep' : 'payload_not_json', { cause });
  }
}

/** Whether a text takes more than so many bytes in UTF-8. Encodes only where the length leaves it open. */
export function exceedsBytes(text: string, bytes: number): boolean {
  if (text.length > bytes) return true;
  return text.length * 3 > bytes && new TextEncoder().encode(text).length > bytes;
}

function isDeep(json: string): boolean {
  if (json.length < 2 * (maxPayloadDepth + 1)) return false;
  let depth = 0;
  let inString = false;
  for (let index = 0; index < json.length; index += 1) {
    const character = json[index];
    if (inString) {
      if (character === '\\') index += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '[' || character === '{') {
      depth += 1;
      if (depth > maxPayloadDepth) return true;
    } else if (character === ']' || character === '}') depth -= 1;
  }
  return false;
}
