import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const folder = 'lib/i18n/messages/fr';

test.each(readdirSync(folder))('%s breaks no line at a French mark', (file) => {
  const texts: string[] = [];
  JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'), (_key, value: unknown) => {
    if (typeof value === 'string') texts.push(value);
    return value;
  });
  expect(texts.filter((text) => /« | [»:;!?](?=\s|$)/.test(text))).toEqual([]);
});
