import { expect, it } from 'vitest';
import { maskedValue } from '@/lib/domain/maskedValue';
import { maskerOf, maskHeaders, maskQuery, maskText } from '@/lib/domain/masking';
import { seedSignature } from '@/lib/domain/signature';

const secretNames = [
  ...[
    'Authorization',
    'Proxy-Authorization',
    'X-Auth',
    'X-Auth-Key',
    'Cookie',
    'set-cookie',
    'X-Access-Key',
    'x-accesskey',
  ],
  ...[
    'X-Api-Key',
    'apikey',
    'Ocp-Apim-Subscription-Key',
    'x-functions-key',
    'X-Amz-Security-Token',
    'X-CSRF-Token',
    'API_TOKEN',
  ],
  ...[
    'Cf-Access-Jwt-Assertion',
    'X-Goog-Iap-Jwt-Assertion',
    'client_assertion',
    'SAMLAssertion',
    'X-Vault-Secret',
    'clientSecret',
  ],
  ...[
    'X-Password',
    'X-Passwd',
    'pwd',
    'X-Session',
    'X-Session-Id',
    'X-Webhook-Signature',
    'x-otp',
    'X-Credentials',
  ],
];
const openNames = [
  ...[
    'Content-Type',
    'User-Agent',
    'webhook-signature',
    'webhook-id',
    'X-Hub-Signature-256',
    'Idempotency-Key',
  ],
  ...[
    'X-Webhook-Event',
    'X-Author',
    'X-Keyword',
    'X-RateLimit-Remaining-Tokens',
    'WWW-Authenticate',
    'X-Monkey',
    'Location',
  ],
];

it.each(secretNames)('%s is a secret', (name) => {
  expect(maskHeaders([[name, 'v']])).toEqual({ [name]: maskedValue });
});
it.each(openNames)('%s is none, unless one says so', (name) => {
  expect(maskHeaders([[name, 'v']])).toEqual({ [name]: 'v' });
  expect(maskHeaders([[name, 'v']], [name.toUpperCase()])).toEqual({ [name]: maskedValue });
});

it('a query keeps everything but the values of secrets', () => {
  expect(maskQuery('?a=1&token=xyz&b={x,y}&sig=abc%3D&access_token=&code=9;apiKey=k#')).toBe(
    `?a=1&token=${maskedValue}&b={x,y}&sig=${maskedValue}&access_token=${maskedValue}&code=${maskedValue};apiKey=${maskedValue}`,
  );
  for (const harmless of ['', '?', '?page=2&tri=nom', '?countrycode=FR&flag'])
    expect(maskQuery(harmless)).toBe(harmless);
});

it('a sentence of the log keeps the host of an address, and no credential', () => {
  const text =
    'GET https://u:p@a.test/T1/x?token=1 with Bearer abc and sb_secret_a1 and eyJhbGciOi.eyJzdWIi.x failed';
  expect(maskText(text)).toBe('GET https://a.test with […] and […] and […] failed');
});

it('what a receiver sends back holds none of its webhook’s secrets, however they are written', () => {
  const webhook = {
    secret_key: 'f00d'.repeat(16),
    signing_secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_b2xkLW9sZC1vbGQtb2xkLW9sZA=='],
    headers: {
      Authorization: 'Bearer "quoted" /and+long',
      'X-Auth': 's3cr3t-s3cr3t',
      Accept: 'application/json',
      'X-Key': 'short',
    },
  };
  const mask = maskerOf(webhook);
  const seed = seedSignature(webhook.secret_key, '{"a":1}');
  const told = JSON.stringify({
    seed,
    keys: [webhook.secret_key, ...webhook.signing_secrets, 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    headers: webhook.headers,
    address: `https://a.test/?k=${encodeURIComponent(webhook.headers.Authorization)}`,
  });
  const masked = mask(told);
  expect(JSON.parse(masked)).toMatchObject({
    keys: [maskedValue, maskedValue, maskedValue, maskedValue],
    headers: {
      Authorization: maskedValue,
      'X-Auth': maskedValue,
      Accept: 'application/json',
      'X-Key': 'short',
    },
    address: `https://a.test/?k=${maskedValue}`,
  });
  expect(Buffer.from(JSON.parse(masked).seed.replace(maskedValue, ''), 'base64').toString()).not.toContain(
    'f00df00d',
  );
  expect(mask('nothing of ours')).toBe('nothing of ours');
});
