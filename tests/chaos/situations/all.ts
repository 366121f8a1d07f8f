import { api } from './api.ts';
import { clock } from './clock.ts';
import { deepPayloads } from './deep.ts';
import { descriptors } from './descriptors.ts';
import { dumps } from './dumps.ts';
import { gone } from './gone.ts';
import { keys } from './keys.ts';
import { line } from './line.ts';
import { locks } from './locks.ts';
import { refusals } from './refusals.ts';
import { scripts } from './scripts.ts';
import type { Situation } from './situation.ts';
import { throttled } from './throttled.ts';
import { verbs } from './verbs.ts';

/** Every situation, by the family that `--situations` names. */
export const families: Record<string, Situation[]> = {
  locks,
  keys,
  dumps,
  clock,
  api,
  line,
  descriptors,
  gone,
  throttled,
  refusals,
  deep: deepPayloads,
  scripts,
  verbs,
};

/** The situations of the named families, or whose names begin so. @throws Error when there is none */
export function situationsOf(names: string[]): Situation[] {
  return names.flatMap((name) => {
    const found =
      families[name] ??
      Object.values(families)
        .flat()
        .filter((situation) => situation.name.startsWith(name));
    if (found.length === 0)
      throw new Error(`no situations ${name}: choose among ${Object.keys(families).join(', ')}`);
    return found;
  });
}
