import type { Problem } from '../lib/domain/errors.ts';

/** How a command ended, for scripts; docs/cli.md says the same. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  token: 4,
  scope: 5,
  notFound: 6,
  refused: 7,
  differs: 8,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What ends a command: a sentence that says what to do, and how to end. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  /** What the API answered, where it did. */
  readonly problem: Problem | undefined;

  constructor(exitCode: ExitCode, message: string, problem?: Problem) {
    super(message);
    this.exitCode = exitCode;
    this.problem = problem;
  }
}

/** How a command ends that the API refused. */
export function exitCodeOf(status: number): ExitCode {
  if (status === 401) return exitCodes.token;
  if (status === 403) return exitCodes.scope;
  if (status === 404 || status === 410) return exitCodes.notFound;
  return status < 500 ? exitCodes.refused : exitCodes.failed;
}
