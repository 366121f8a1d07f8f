import { expect, test } from 'vitest';
import { replayRangeOf } from '@/components/deliveries/replay/replayRangeOf';

const now = '2026-11-28T10:00:00.000Z';

test('a replay takes what the list is narrowed to, up to now', () => {
  expect(replayRangeOf({}, now)).toEqual({ from: '1970-01-01T00:00:00.000Z', to: now });
  const narrowed = { webhook_id: 'w', event_type: 'lead.created', status_code: '4xx' };
  expect(replayRangeOf({ ...narrowed, status: ['failed'], from: '2026-11-01T00:00:00.000Z' }, now)).toEqual({
    ...narrowed,
    from: '2026-11-01T00:00:00.000Z',
    to: now,
  });
  expect(replayRangeOf({ to: '2026-11-02T00:00:00.000Z' }, now)?.to).toBe('2026-11-02T00:00:00.000Z');
  expect(replayRangeOf({ to: '2027-01-01T00:00:00.000Z' }, now)?.to).toBe(now);
});

test('where the list says more than a replay can, there is none', () => {
  expect(replayRangeOf({ q: 'dupont' }, now)).toBeNull();
  expect(replayRangeOf({ record_id: '1' }, now)).toBeNull();
  expect(replayRangeOf({ status: ['pending', 'retrying'] }, now)).toBeNull();
  expect(replayRangeOf({ status: ['success'] }, now)).toBeNull();
});
