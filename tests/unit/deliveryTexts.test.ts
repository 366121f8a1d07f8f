import { expect, test } from 'vitest';
import { deliveryErrorKinds } from '@/lib/domain/delivery';
import { statusFamily } from '@/lib/domain/statusFamily';
import enDeliveries from '@/lib/i18n/messages/en/deliveries.json';
import enErrors from '@/lib/i18n/messages/en/errors.json';
import frDeliveries from '@/lib/i18n/messages/fr/deliveries.json';
import frErrors from '@/lib/i18n/messages/fr/errors.json';

const sentences = ['title', 'cause', 'cure'].sort();

test('every error kind has a title, a cause and a cure in both languages', () => {
  for (const { kinds } of [frErrors, enErrors]) {
    expect(Object.keys(kinds).sort()).toEqual([...deliveryErrorKinds].sort());
    for (const texts of Object.values(kinds)) expect(Object.keys(texts).sort()).toEqual(sentences);
  }
});

test('every answer that a receiver can fail with has them too', () => {
  const families = new Set<string>();
  for (let status = 100; status < 600; status++) {
    if (status < 200 || status >= 400) families.add(statusFamily(status));
  }
  for (const { families: texts } of [frDeliveries, enDeliveries]) {
    expect(Object.keys(texts).sort()).toEqual([...families].sort());
  }
  expect([401, 403, 404, 429, 418, 500, 503].map(statusFamily)).toEqual([
    'unauthorized',
    'unauthorized',
    'not_found',
    'rate_limited',
    'client_error',
    'server_error',
    'unavailable',
  ]);
});
