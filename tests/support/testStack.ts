import { afterAll, beforeAll } from 'vitest';
import { startTestStack, type TestStack } from './database';

/** The stack of a test file: it starts before the first test and stops after the last. Nothing of it is there before. */
export function testStack(): TestStack {
  const stack = {} as TestStack;
  beforeAll(async () => {
    Object.assign(stack, await startTestStack());
  });
  afterAll(() => stack.stop?.());
  return stack;
}
