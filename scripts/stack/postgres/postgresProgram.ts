import { spawn } from 'node:child_process';
import path from 'node:path';
import { LaunchError } from '../machine/launchError.ts';
import type { PostgresHome } from './postgresHome.ts';

/** Runs one of the server's programs under its account, in plain English whatever the system's language. */
export function runProgram(
  program: string,
  args: string[],
  home: PostgresHome,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    // Not the present folder: the server's account may be barred from it.
    const child = spawn(path.join(home.bin, program), args, { ...home.user, cwd: '/', env });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** What the end of a failed program's output means, in a sentence that says what to do. */
export function postgresFailure(output: string, sentence: string): LaunchError {
  if (/No space left on device/i.test(output)) {
    return new LaunchError('Le disque est plein : libérez de la place puis relancez.', { cause: output });
  }
  if (/could not (create|resize) shared memory|could not map anonymous shared memory/i.test(output)) {
    return new LaunchError('La mémoire manque pour Postgres : fermez des programmes puis relancez.', {
      cause: output,
    });
  }
  if (/could not bind .* address/i.test(output)) {
    return new LaunchError(
      'Un autre programme a pris le port de Postgres : relancez pour en prendre un autre.',
      { cause: output },
    );
  }
  if (/incompatible with server/i.test(output)) {
    return new LaunchError(
      'Les données viennent d’une autre version de Postgres : choisissez un autre dossier avec DEVLINK_DATA_DIR.',
      { cause: output },
    );
  }
  return new LaunchError(`${sentence} Les détails sont dans le journal.`, { cause: output });
}
