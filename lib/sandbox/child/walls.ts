import { writeFileSync } from 'node:fs';

/*
 * What the child does to shut itself in; its parent's half is in walls.ts. Everything that it needs of the system, it
 * takes before: afterwards it gets no descriptor, whoever asks.
 */

/** As Node 24.21 has it, and its types not yet. */
type Permissions = { drop: (right: string) => void; has: (right: string) => boolean };

/** Takes what a child needs for its whole life. */
export function equip(): void {
  offerAsVictim();
  // The time zone is read from a file, once for all isolates.
  new Date().getTimezoneOffset();
}

/**
 * Drops every right: those of the user who runs the application, when there is another `user` to become, and those that
 * Node itself gives. There is no way back.
 * @returns whether Node's permission model stands
 */
export function dropRights(user: number | undefined): boolean {
  if (user !== undefined) becomeUser(user);
  const permissions = process.permission as unknown as Permissions | undefined;
  if (!permissions) return false;
  const rights = ['fs.read', 'fs.write', 'addon', 'child', 'worker', 'inspector', 'wasi'];
  for (const right of rights) permissions.drop(right);
  return !rights.some((right) => permissions.has(right));
}

function becomeUser(user: number): void {
  try {
    process.setgroups?.([]);
    process.setgid?.(user);
    process.setuid?.(user);
  } catch {
    // A container that maps few users, or forbids it: the parent sees that this wall is missing, and says so.
  }
}

/** First to go when memory runs out, and never a core dump; where the system has such a thing. */
function offerAsVictim(): void {
  for (const [file, value] of [
    ['/proc/self/oom_score_adj', '1000'],
    ['/proc/self/coredump_filter', '0'],
  ] as const) {
    try {
      writeFileSync(file, value);
    } catch {
      // Another system, or no permission: the parent's own watch remains.
    }
  }
}
