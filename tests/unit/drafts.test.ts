import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Draft, forgetDraft, forgetDraftsOf, readDraft, writeDraft } from '@/components/shell/drafts';

const draft = (fields: Partial<Draft> = {}): Draft => ({
  at: new Date().toISOString(),
  version: null,
  values: { nom: 'Lefèvre' },
  base: { nom: '' },
  ...fields,
});

/** As far as drafts need it: its keys are its own properties, as in browsers. */
class Storage {
  getItem(key: string) {
    return (this as unknown as Record<string, string>)[key] ?? null;
  }
  setItem(key: string, value: string) {
    Object.assign(this, { [key]: value });
  }
  removeItem(key: string) {
    Reflect.deleteProperty(this, key);
  }
}

beforeEach(() => vi.stubGlobal('localStorage', new Storage()));
afterEach(() => vi.unstubAllGlobals());

it('is read as it was written, by the person and for the form of its own', () => {
  const written = draft({ version: '2026-03-30T10:00:00.000001+00:00' });
  writeDraft('marie@exemple.fr', 'lead new', written);
  expect(readDraft('marie@exemple.fr', 'lead new')).toEqual(written);
  expect(readDraft('marie@exemple.fr', 'lead 1')).toBeNull();
  expect(readDraft('jean@exemple.fr', 'lead new')).toBeNull();
  forgetDraft('marie@exemple.fr', 'lead new');
  expect(readDraft('marie@exemple.fr', 'lead new')).toBeNull();
});

it('goes with the person who signs out, and with nobody else', () => {
  for (const person of ['marie@exemple.fr', 'marie@exemple.fr.org'])
    for (const form of ['lead new', 'webhook 1']) writeDraft(person, form, draft());
  forgetDraftsOf('marie@exemple.fr');
  expect(readDraft('marie@exemple.fr', 'lead new')).toBeNull();
  expect(readDraft('marie@exemple.fr', 'webhook 1')).toBeNull();
  expect(readDraft('marie@exemple.fr.org', 'webhook 1')).not.toBeNull();
});

it('is not offered after a week', () => {
  const day = 24 * 60 * 60 * 1000;
  writeDraft('m', 'young', draft({ at: new Date(Date.now() - 6.9 * day).toISOString() }));
  writeDraft('m', 'old', draft({ at: new Date(Date.now() - 7.1 * day).toISOString() }));
  expect(readDraft('m', 'young')).not.toBeNull();
  expect(readDraft('m', 'old')).toBeNull();
  expect(Object.keys(localStorage)).toHaveLength(1);
});

it.each([
  '{',
  'null',
  '[]',
  '{"at":"x","values":{},"base":{}}',
  '{"at":"2026-01-01T00:00:00Z","values":[],"base":{}}',
])('that is none is none: %s', (text) => {
  writeDraft('m', 'f', draft());
  localStorage.setItem(Object.keys(localStorage)[0] ?? '', text);
  expect(readDraft('m', 'f')).toBeNull();
});

it('breaks nothing where the browser keeps nothing', () => {
  const refuse = () => {
    throw new DOMException('no', 'QuotaExceededError');
  };
  vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse, removeItem: refuse });
  writeDraft('m', 'f', draft());
  expect(readDraft('m', 'f')).toBeNull();
  forgetDraft('m', 'f');
  forgetDraftsOf('m');
});
