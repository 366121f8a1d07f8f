import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import { logFile } from './dataDir.ts';
import { explain, LaunchError } from './launchError.ts';

/** 900 → « 0,9 s ». */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).replace('.', ',')} s`;
}

/** 12345678 bytes → « 12,3 Mo ». */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1).replace('.', ',')} Mo`;
}

/** The file that the command line names, seen from where the person called npm. @throws LaunchError when it names none */
export function fileArgument(example: string): string {
  const given = process.argv[2];
  if (!given) throw new LaunchError(`Donnez un fichier : ${example}`);
  return path.resolve(process.env.INIT_CWD ?? process.cwd(), given);
}

/** Adds a line to the launcher's log; a full disk is no reason to fail for it. */
export function note(dataDir: string, what: unknown): void {
  const text = typeof what === 'string' ? what : inspect(what, { depth: 6 });
  try {
    appendFileSync(logFile(dataDir, 'launcher'), `${new Date().toISOString()} ${text}\n`);
  } catch {
    // The terminal has the sentence.
  }
}

/** Says in one sentence what failed and what to do, and where the details are. */
export function tellFailure(dataDir: string, error: unknown): void {
  note(dataDir, error);
  console.log(`✗ ${explain(error, dataDir)}`);
  console.log(`  Journaux : ${logFile(dataDir, 'launcher').replace(/launcher\.log$/, '')}`);
}

/** Says that a part has died and is started again. */
export const tellRestart = (dataDir: string) => (message: string) => {
  note(dataDir, message);
  console.log(`! ${message}`);
};

/** Does one step: announced when it lasts, told in one line when it is done. */
export async function step<T>(
  title: string,
  done: string | ((result: T) => string),
  work: () => Promise<T>,
): Promise<T> {
  const began = Date.now();
  const slow = setTimeout(() => console.log(`… ${title}`), 2000);
  try {
    const result = await work();
    const label = typeof done === 'string' ? done : done(result);
    console.log(`✓ ${label} (${seconds(Date.now() - began)})`);
    return result;
  } finally {
    clearTimeout(slow);
  }
}
