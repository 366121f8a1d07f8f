import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

/*
 * supabase/ as the Supabase CLI finds it, and as it leaves it.
 */

const lines = (file: string) =>
  readFileSync(path.join(import.meta.dirname, '../..', file), 'utf8').split('\n');

it('what the CLI leaves there is not committed: the address of the linked project is in it', () => {
  expect(lines('.gitignore')).toEqual(expect.arrayContaining(['supabase/.temp/', 'supabase/.branches/']));
});

it('nobody signs up, said where the CLI reads it: the key of [auth.email] is deprecated', () => {
  const keys = new Map<string, string>();
  let section = '';
  for (const line of lines('supabase/config.toml')) {
    section = /^\[(.+)\]$/.exec(line)?.[1] ?? section;
    const [, key, value] = /^(\w+) = (.+)$/.exec(line) ?? [];
    if (key && value) keys.set(`${section}.${key}`, value);
  }
  expect(keys.get('auth.enable_signup')).toBe('false');
  expect(keys.get('auth.email.enabled')).toBe('true');
  expect(keys.has('auth.email.enable_signup')).toBe(false);
});
