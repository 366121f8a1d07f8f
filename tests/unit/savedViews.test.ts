import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readViews, type SavedView, withView, writeViews } from '@/components/deliveries/list/savedViews';

const kept = new Map<string, string>();
beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
});
afterEach(() => vi.unstubAllGlobals());

const view = (name: string, search = '?status=failed'): SavedView => ({ name, search });

test('each person has views of their own', () => {
  expect(writeViews('a@x', [view('un')])).toBe(true);
  expect(readViews('a@x')).toEqual([view('un')]);
  expect(readViews('b@x')).toEqual([]);
});

test('one of the same name is replaced, and all are in the order of their names', () => {
  expect(withView([view('b')], view('a'))).toEqual([view('a'), view('b')]);
  expect(withView([view('a'), view('b')], view('a', ''))).toEqual([view('a', ''), view('b')]);
});

test('thirty, and no more', () => {
  const many = Array.from({ length: 30 }, (_, n) => view(`v${n}`));
  expect(withView(many, view('neuve'))).toBeNull();
  expect(withView(many, view('v3', '?q=x'))).toHaveLength(30);
});

test.each([
  '{',
  'null',
  '{"a":1}',
  '[1, null, {"name":""}, {"name":"x"}, {"name":"x","search":"javascript:1"}]',
])('what is no list of views is none: %s', (text) => {
  kept.set('devlink_views a@x', text);
  expect(readViews('a@x')).toEqual([]);
});

test('a browser that keeps nothing says so', () => {
  vi.stubGlobal('localStorage', undefined);
  expect(readViews('a@x')).toEqual([]);
  expect(writeViews('a@x', [])).toBe(false);
});
