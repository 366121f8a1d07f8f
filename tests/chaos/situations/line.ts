import { setTimeout as sleep } from 'node:timers/promises';
import type { Gate } from '../../support/gate.ts';
import { saysLineIsLost } from './named.ts';
import { check, type Situation, type Trouble } from './situation.ts';

/* The app's own way to the database fails: the Supabase API is asked instead, and is slower. */

const fault = (
  name: string,
  begin: (line: Gate) => Promise<() => Promise<void>>,
  named?: Trouble['named'],
): Situation => ({
  name: `line: ${name}`,
  promise: 'slower',
  emit: 'http',
  begin: async ({ line, proxy }) => {
    const asked = proxy.seen();
    const end = await begin(line);
    let calls = 0;
    let passed = 0;
    return {
      ...(named && { named }),
      end: async () => {
        await end();
        calls = proxy.seen() - asked;
        passed = line.passed();
      },
      promises: async () => {
        for (let tries = 0; line.passed() === passed && tries < 100; tries++) await sleep(100);
        return [
          check('the Supabase API was asked instead', calls, calls > 10 ? [] : [`${calls} times`]),
          check('the line is used again', 1, line.passed() > passed ? [] : ['no connection']),
        ];
      },
    };
  },
});

export const line: Situation[] = [
  fault(
    'nobody listens',
    async (gate) => {
      await gate.become('refuse');
      return () => gate.become('open');
    },
    saysLineIsLost,
  ),
  fault(
    'connections are accepted, nobody reads',
    async (gate) => {
      await gate.become('deaf');
      return async () => {
        await gate.become('open');
        gate.cut();
      };
    },
    saysLineIsLost,
  ),
  fault('connections are cut five times a second', async (gate) => {
    const cutting = setInterval(() => gate.cut(), 200);
    return async () => clearInterval(cutting);
  }),
];
