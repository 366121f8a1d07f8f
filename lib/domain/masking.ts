import { maskedValue } from './maskedValue';

/*
 * The one rule for what may give a secret away, wherever something is kept, logged or shown: by the name under which it stands, by
 * its form, or because it is known.
 */

/** Words that are secrets wherever they are written, also within another. */
const telling =
  /secret|passw|passphrase|credential|assertion|token|api-?key|access-?key|private-?key|authorization|cookie/;
const tellingWords = new Set(['auth', 'bearer', 'jwt', 'key', 'otp', 'pwd', 'saml', 'session', 'sid']);
/** In a query a signature is what opens the address; in a header it proves one message. */
const tellingInQueries = new Set(['code', 'sig', 'signature']);
/** Names with one of those words in which nothing is secret, and the one header that is the seed's own. */
const harmless = /^(x-)?idempotency-key$|ratelimit|rate-limit|^sec-websocket-key$/;
const seedHeader = 'x-webhook-signature';

/** `X-AccessKey_id` is made of x, access, key, id. */
const wordsOf = (name: string) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);

/** Names that were judged: a receiver's answers have the same few each time. */
const judged = new Map<string, boolean>();
const mostJudged = 1000;

function isSecretName(name: string): boolean {
  const known = judged.get(name);
  if (known !== undefined) return known;
  const verdict = judge(name);
  if (judged.size >= mostJudged) judged.clear();
  if (name.length <= 64) judged.set(name, verdict);
  return verdict;
}

function judge(name: string): boolean {
  const words = wordsOf(name);
  const plain = words.join('-');
  if (harmless.test(plain)) return false;
  return plain === seedHeader || telling.test(plain) || words.some((word) => tellingWords.has(word));
}

/** The headers with the values masked that their names say are secret. @param also further names whose values are */
export function maskHeaders(
  headers: Iterable<[name: string, value: string]>,
  also: Iterable<string> = [],
): Record<string, string> {
  const given = new Set([...also].map((name) => name.toLowerCase()));
  const masked = (name: string) => given.has(name.toLowerCase()) || isSecretName(name);
  return Object.fromEntries([...headers].map(([name, value]) => [name, masked(name) ? maskedValue : value]));
}

/** A query, `?a=1&token=x`, with the values masked that their names say are secret. The rest stays as it was written. */
export const maskQuery = (query: string): string =>
  query.replace(/([?&;]|^)([^=&;?]+)=([^&;]*)/g, (whole, before: string, name: string) => {
    const isSecret = isSecretName(name) || wordsOf(name).some((word) => tellingInQueries.has(word));
    return isSecret ? `${before}${name}=${maskedValue}` : whole;
  });

const address = /\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/?#@"'<>]*@)?([^\s/?#"'<>]+)[^\s"'<>]*/gi;
const credential =
  /\b(?:Bearer|Basic)\s+\S+|\bwhsec_[\w+/=-]+|\bsb_(?:secret|publishable)_[\w-]+|\beyJ[\w-]+(?:\.[\w-]*)*|\b[0-9a-f]{40,}\b/gi;

/** A sentence for the log: of addresses the host, and nothing that has the form of a credential. */
export const maskText = (text: string): string => text.replace(address, '$1$2').replace(credential, '[…]');

/** What a webhook sends that only it and its receiver may know. */
export type WebhookSecrets = {
  secret_key: string;
  signing_secrets: string[];
  headers: Record<string, string>;
};

/** Shorter ones are too likely to be something else. */
const shortestSecret = 8;

/**
 * A function that masks a webhook's own secrets in what its receiver answered: many send back what they got. They are known in clear,
 * as text in JSON, in an address, and as the beginning of the seed's header.
 */
export function maskerOf(webhook: WebhookSecrets): (text: string) => string {
  const known = maskers.get(webhook) ?? newMasker(webhook);
  maskers.set(webhook, known);
  return known;
}

/** One for all deliveries of a claim, which name their webhook once. */
const maskers = new WeakMap<WebhookSecrets, (text: string) => string>();

function newMasker({ secret_key, signing_secrets, headers }: WebhookSecrets): (text: string) => string {
  const sent = Object.entries(headers).filter(([name]) => isSecretName(name));
  const values = sent.flatMap(([, value]) => [value, value.replace(/^\w+ +/, '')]);
  const seedStart = Buffer.from(`${secret_key}:`).toString('base64');
  const secrets = [
    ...[secret_key, seedStart.slice(0, Math.floor((secret_key.length + 1) / 3) * 4)],
    ...signing_secrets.flatMap((secret) => [secret, secret.replace(/^whsec_/, '')]),
    ...values,
  ];
  const written = secrets
    .filter((secret) => secret.length >= shortestSecret)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  // The longest first: one may be the beginning of another.
  const all = [...new Set(written)].sort((a, b) => b.length - a.length);
  return (text) => all.reduce((rest, secret) => rest.replaceAll(secret, maskedValue), text);
}
