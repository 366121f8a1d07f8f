import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { settings } from '@/lib/env';

const fileOf = (name: string) => readFileSync(path.join(import.meta.dirname, '../..', name), 'utf8');

describe('a setting of the application', () => {
  it('is in .env.example, and nothing else is', () => {
    const named = [...fileOf('.env.example').matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual([...settings].sort());
  });

  it.each(settings)('%s is in the table of README.md', (name) => {
    expect(fileOf('README.md')).toContain(`\`${name}\``);
  });
});
