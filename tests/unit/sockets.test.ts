import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { socketsForSending } from '@/lib/engine/sockets';

const limit = () => /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? '';
const setLimit = (soft: string) =>
  execFileSync('prlimit', ['--pid', String(process.pid), `--nofile=${soft}:`]);
const before = process.platform === 'linux' ? limit() : '';

afterEach(() => {
  if (process.platform === 'linux') setLimit(before);
});

it.runIf(process.platform === 'linux')(
  'leaves descriptors for everything else, and follows the limit',
  async () => {
    setLimit('300');
    await expect.poll(socketsForSending, { timeout: 3000 }).toBe(172);
    setLimit('100');
    await expect.poll(socketsForSending, { timeout: 3000 }).toBe(1);
    setLimit(before);
    await expect
      .poll(socketsForSending, { timeout: 3000 })
      .toBe(before === 'unlimited' ? Infinity : Number(before) - 128);
  },
);
