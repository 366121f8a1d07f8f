import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { isReservedHeader } from './customHeaders';
import { maskHeaders } from './masking';
import { remembered } from './remembered';

const secretPrefix = 'whsec_';
/** The name of the seed's header. */
export const seedHeader = 'X-Webhook-Signature';

/** The `X-Webhook-Signature` header: Base64 of `secret_key:body`. Whoever reads it learns the secret key. */
export function seedSignature(secretKey: string, body: string): string {
  return Buffer.from(`${secretKey}:${body}`).toString('base64');
}

/**
 * The `webhook-signature` header of Standard Webhooks 1.0.0: one `v1,<Base64 of HMAC-SHA256>` per secret.
 * @param input.id the delivery's id
 * @param input.timestampSeconds Unix time of this attempt
 * @param input.secrets `whsec_` + Base64, newest first; two while a rotation overlaps
 */
export function standardSignature(input: {
  id: string;
  timestampSeconds: number;
  body: string;
  secrets: string[];
}): string {
  const signed = `${input.id}.${input.timestampSeconds}.${input.body}`;
  return input.secrets.map((secret) => `v1,${hmac(secret, signed)}`).join(' ');
}

function hmac(secret: string, text: string): string {
  return createHmac('sha256', keyOf(secret)).update(text).digest('base64');
}

/** Making a key costs as much as using it. */
const keyOf = remembered(1000, (secret): KeyObject => {
  const encoded = secret.startsWith(secretPrefix) ? secret.slice(secretPrefix.length) : secret;
  return createSecretKey(encoded, 'base64');
});

/** What an attempt is, apart from what it sends. */
type AttemptFacts = {
  deliveryId: string;
  eventType: string;
  /** The event's place in the order of its record; null where it has none. */
  sequence: number | null;
  /** Where the event came from, where receivers may care: a row that was there before. */
  origin: 'backfill' | null;
  /** Its Unix time. */
  timestampSeconds: number;
};

/** The headers that say what the attempt is. */
const factHeaders = ({ deliveryId, eventType, sequence, origin, timestampSeconds }: AttemptFacts) => ({
  'Content-Type': 'application/json',
  // What comes back is kept and shown as text.
  'Accept-Encoding': 'identity',
  'X-Webhook-Event': eventType,
  'X-Webhook-Delivery-Id': deliveryId,
  ...(sequence === null ? {} : { 'X-Webhook-Sequence': String(sequence) }),
  ...(origin === null ? {} : { 'X-Webhook-Origin': origin }),
  'webhook-id': deliveryId,
  'webhook-timestamp': String(timestampSeconds),
});
const factNames = new Set(
  Object.keys(
    factHeaders({ deliveryId: '', eventType: '', sequence: 0, origin: 'backfill', timestampSeconds: 0 }),
  ),
);

/**
 * Every header of a delivery. Custom headers come in beside ours and never override one.
 * @param input.webhook.signing_secrets newest first
 */
export function deliveryHeaders(
  input: AttemptFacts & {
    body: string;
    userAgent: string;
    webhook: {
      headers: Record<string, string>;
      secret_key: string;
      seed_signature_enabled: boolean;
      signing_secrets: string[];
    };
  },
): Record<string, string> {
  const { deliveryId, timestampSeconds, body, webhook } = input;
  const custom = Object.entries(webhook.headers).filter(([name]) => !isReservedHeader(name));
  return {
    ...Object.fromEntries(custom),
    'User-Agent': input.userAgent,
    ...(webhook.seed_signature_enabled ? { [seedHeader]: seedSignature(webhook.secret_key, body) } : {}),
    'webhook-signature': standardSignature({
      id: deliveryId,
      timestampSeconds,
      body,
      secrets: webhook.signing_secrets,
    }),
    ...factHeaders(input),
  };
}

/**
 * The headers as the attempt log keeps them. Masked: the seed's signature, which holds the secret key, and
 * custom values. Left out: what `headersAsSent` knows. The standard signature gives nothing away.
 */
export function loggedHeaders(
  headers: Record<string, string>,
  customNames: string[],
): Record<string, string> {
  return maskHeaders(
    Object.entries(headers).filter(([name]) => !factNames.has(name)),
    customNames,
  );
}

/** All headers of an attempt, in the order in which they were sent, from those that its log kept. */
export function headersAsSent(logged: Record<string, string>, attempt: AttemptFacts): Record<string, string> {
  return { ...logged, ...factHeaders(attempt) };
}

/** Compares in a time that tells nothing about where two texts differ. */
function equalTexts(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

/** What a receiver does with the seed's header: is it the one of this body and secret key? */
export function verifySeedSignature(body: string, header: string, secretKey: string): boolean {
  return equalTexts(header, seedSignature(secretKey, body));
}

/**
 * What a receiver does with the Standard Webhooks headers: is one of the signatures ours, and the timestamp
 * within the tolerance?
 * @param input.timestamp the `webhook-timestamp` header
 * @param input.header the `webhook-signature` header
 * @param input.toleranceSeconds 300 in the reference libraries
 */
export function verifyStandardSignature(input: {
  id: string;
  timestamp: string;
  body: string;
  header: string;
  secret: string;
  now: Date;
  toleranceSeconds: number;
}): boolean {
  if (!/^\d{1,12}$/.test(input.timestamp)) return false;
  const timestampSeconds = Number(input.timestamp);
  const age = Math.abs(Math.floor(input.now.getTime() / 1000) - timestampSeconds);
  if (age > input.toleranceSeconds) return false;
  const { id, body, secret } = input;
  const expected = standardSignature({ id, timestampSeconds, body, secrets: [secret] });
  return input.header.split(' ').some((signature) => equalTexts(signature, expected));
}
