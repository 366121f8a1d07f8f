import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/*
 * Holds docs/faults.md: whoever renames a test that it names learns of the page.
 */

const root = join(import.meta.dirname, '../..');
const rows = readFileSync(join(root, 'docs/faults.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| (?!---|Fault|Arrow)/.test(line));

/** Each name in a row belongs to the file that was named last. */
const named = rows.flatMap((row) => {
  let file = '';
  return [...row.matchAll(/`((?:unit|integration|e2e|chaos)\/[^`]+)`|“([^”]+)”/g)].flatMap((match) => {
    file = match[1] ?? file;
    return match[2] ? [[file, match[2]] as const] : [];
  });
});

test('every row names a test', () => {
  expect(rows.length).toBeGreaterThan(45);
  expect(rows.filter((row) => !/`(unit|integration|e2e|chaos)\/[^`]+`: “/.test(row))).toEqual([]);
});

test.each(named)('tests/%s has “%s”', (file, name) => {
  const path = join(root, 'tests', file);
  expect(existsSync(path)).toBe(true);
  expect(readFileSync(path, 'utf8')).toContain(name);
});
