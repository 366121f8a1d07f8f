import { expect, it } from 'vitest';
import { WebhookError } from '@/lib/domain/errors';
import { databaseError, isLocked, reasonOf, retryOnce } from '@/lib/store/storeError';

/*
 * What the database says, in the product's words: what may be asked again is told from what is a defect of ours.
 */

const refusal = (code: string, message = 'said so') => databaseError({ code, message });

it.each([
  ['57014', 'canceling statement due to statement timeout'],
  ['55P03', 'canceling statement due to lock timeout'],
  ['40P01', 'deadlock detected'],
  ['40001', 'could not serialize access due to concurrent update'],
  ['', 'TimeoutError: The operation was aborted due to timeout'],
])('%s (%s) may be asked again', (code, message) => {
  expect(refusal(code, message)).toMatchObject({ code: 'timeout', status: 504 });
});

it.each(['', '08006', '53300', '57P01', 'PGRST001'])('%j: there is no database at the moment', (code) => {
  expect(refusal(code)).toMatchObject({ code: 'database_unavailable' });
});

it.each(['42P01', '23505', '21000', 'XX000'])('%s is a defect of ours', (code) => {
  expect(refusal(code)).not.toBeInstanceOf(WebhookError);
});

it('says why in the words of the database, and else in those of the error', () => {
  expect(reasonOf(refusal('55P03', 'canceling statement due to lock timeout'))).toBe(
    'canceling statement due to lock timeout (55P03)',
  );
  expect(reasonOf(new WebhookError('timeout'))).toBe('The operation took too long. Try again.');
  expect(reasonOf('text')).toBe('text');
});

it('a lock in the way is known as one', () => {
  expect([isLocked(refusal('55P03')), isLocked(refusal('57014'))]).toEqual([true, false]);
});

it.each([
  ['40P01', 2],
  ['40001', 2],
  ['08006', 2],
  ['55P03', 1],
  ['23505', 1],
])('after %s a write is made %i times', async (code, times) => {
  let made = 0;
  const write = () => {
    made += 1;
    return Promise.reject(refusal(code));
  };
  await expect(retryOnce(write)).rejects.toThrow();
  expect(made).toBe(times);
});
