import { expect, it } from 'vitest';
import { sandboxLimits } from '@/lib/sandbox/limits';
import { Silence } from '@/lib/sandbox/silence';

/*
 * When a child's silence is a script that hangs, and when a busy machine keeps it from its work. Times are given.
 */

function silent() {
  let now = 1000;
  const silence = new Silence(() => now);
  /** Looks at the child `ms` after its last sign, when it had so much of the processor. */
  const look = (ms: number, cpu: number) => {
    now = 1000 + ms;
    return silence.isTooLong(() => cpu);
  };
  return { silence, look };
}

it('is nothing for its first moments, whatever the child had of the processor before', () => {
  const { silence, look } = silent();
  expect(look(19, 5000)).toBe(false);
  expect(look(20, 5000)).toBe(false);
  expect([silence.isUneasy, silence.isOfWork]).toEqual([false, false]);
});

it('looks uneasy and then like a hang by what the child had of the processor, not by time', () => {
  const { silence, look } = silent();
  look(20, 0);
  look(900, 19);
  expect([silence.isUneasy, silence.isOfWork]).toEqual([false, false]);
  look(910, 20);
  expect([silence.isUneasy, silence.isOfWork]).toEqual([true, false]);
  look(920, sandboxLimits.cpuMs + 30);
  expect(silence.isOfWork).toBe(true);
  silence.end();
  expect([silence.ms, silence.isUneasy, silence.isOfWork]).toEqual([0, false, false]);
});

it('is too long after a second of work, seen twice', () => {
  const { look } = silent();
  look(20, 0);
  expect(look(sandboxLimits.wallMs - 1, 900)).toBe(false);
  expect(look(sandboxLimits.wallMs, 900)).toBe(false);
  expect(look(sandboxLimits.wallMs + 10, 910)).toBe(true);
});

it('of a child that gets nothing of the processor is borne for five seconds', () => {
  const { look } = silent();
  look(20, 0);
  expect(look(5000, 1)).toBe(false);
  expect(look(5001, 1)).toBe(false);
  expect(look(5010, 1)).toBe(true);
});

it('counts as work where the system does not tell', () => {
  const { silence, look } = silent();
  look(200, Number.NaN);
  expect(silence.isOfWork).toBe(true);
});
