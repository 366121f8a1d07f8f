import { expect, test } from 'vitest';
import { inboxAnswer } from '@/lib/domain/inboxAnswer';
import { maskedValue } from '@/lib/domain/maskedValue';
import { inboxHeaders } from '@/lib/domain/playground';

test.each([
  ['ok', 1, 0.9, 200],
  ['error', 3, 0.1, 500],
  ['gone', 1, 0, 410],
  ['recovers', 1, 0, 500],
  ['recovers', 2, 0, 500],
  ['recovers', 3, 0, 200],
  ['random', 1, 0.49, 200],
  ['random', 1, 0.5, 500],
  ['random', 1, 0.75, 503],
  ['retry_after', 1, 0, 503],
  ['slow', 1, 0, 200],
] as const)('%s answers try %i with chance %f: %i', (behaviour, attempt, chance, status) => {
  expect(inboxAnswer(behaviour, attempt, chance).status).toBe(status);
});

test('a slow inbox outlasts the default timeout of 5 s; a busy one names its wait', () => {
  expect(inboxAnswer('slow', 1, 0).afterMs).toBeGreaterThan(5000);
  expect(inboxAnswer('retry_after', 1, 0).headers).toEqual({ 'retry-after': '20' });
});

test('headers that give a secret away are masked, those of proxies left out', () => {
  const headers = new Headers({
    Authorization: 'Bearer x',
    'Proxy-Authorization': 'Basic x',
    Cookie: 'a=b',
    'X-Api-Key': 'k',
    'X-Auth-Token': 't',
    'X-Webhook-Signature': 'c2VjcmV0',
    'Webhook-Signature': 'v1,abc',
    'X-Webhook-Event': 'lead.created',
    'X-Custom-Header': 'value',
    'X-Forwarded-For': '10.0.0.1',
    Connection: 'close',
  });
  expect(inboxHeaders(headers)).toEqual({
    authorization: maskedValue,
    'proxy-authorization': maskedValue,
    cookie: maskedValue,
    'x-api-key': maskedValue,
    'x-auth-token': maskedValue,
    'x-webhook-signature': maskedValue,
    'webhook-signature': 'v1,abc',
    'x-webhook-event': 'lead.created',
    'x-custom-header': 'value',
  });
});
