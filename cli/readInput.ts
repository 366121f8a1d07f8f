import { readFileSync } from 'node:fs';
import { CliError, exitCodes } from './exitCodes.ts';

/** The text of a file; `-`: what is piped in. @throws CliError */
export function readInput(path: string): string {
  try {
    const bytes = readFileSync(path === '-' ? 0 : path);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const from = path === '-' ? 'standard input' : path;
    const why = code === 'ENOENT' ? 'there is no such file' : code ? message : 'it is not UTF-8';
    throw new CliError(exitCodes.usage, `${from} cannot be read: ${why}.`);
  }
}
