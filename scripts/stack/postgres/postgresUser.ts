import { execFileSync, spawnSync } from 'node:child_process';
import { LaunchError } from '../machine/launchError.ts';

/** Whom Postgres runs as: nothing to set for an ordinary user; as root, somebody else, for it refuses root. */
export interface PostgresUser {
  uid?: number;
  gid?: number;
}

function idsOf(name: string): PostgresUser | null {
  try {
    const read = (flag: string) =>
      Number.parseInt(
        execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
        10,
      );
    return { uid: read('-u'), gid: read('-g') };
  } catch {
    return null;
  }
}

function createPostgresUser(): PostgresUser | null {
  spawnSync('groupadd', ['--system', 'postgres'], { stdio: 'ignore' });
  spawnSync('useradd', ['--system', '--gid', 'postgres', '--no-create-home', 'postgres'], {
    stdio: 'ignore',
  });
  return idsOf('postgres');
}

/** The account for the server's process; as root, `postgres` (made when missing) or else `nobody`. */
export function postgresUser(): PostgresUser {
  if (process.getuid?.() !== 0) return {};
  const user = idsOf('postgres') ?? createPostgresUser() ?? idsOf('nobody');
  if (user) return user;
  throw new LaunchError(
    'Postgres ne tourne pas sous root et aucun autre compte n’a pu être créé : relancez sous un compte ordinaire.',
  );
}
