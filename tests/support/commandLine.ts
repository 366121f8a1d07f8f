import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../../scripts/stack/machine/dataDir.ts';

/** A `devlink` that runs. */
export interface CommandLine {
  child: ChildProcess;
  /** What it printed so far, and what went wrong. */
  printed(): string;
  failed(): string;
  /** Resolves with what the pattern found in what it printed. @throws Error when it ended before */
  says(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Resolves with the exit code. */
  ended: Promise<number | null>;
}

/** Starts `devlink` as npx does. */
export function devlink(args: string[], variables: Record<string, string>, input?: string): CommandLine {
  // Beside NO_COLOR, Node itself warns of it where errors are read.
  const { FORCE_COLOR: _, ...inherited } = process.env;
  const env: NodeJS.ProcessEnv = { ...inherited, ...variables };
  const program = path.join(projectRoot, 'cli/devlink.mjs');
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  let [printed, failed] = ['', ''];
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  child.stderr.on('data', (chunk) => {
    failed += chunk;
  });
  let over = false;
  const ended = once(child, 'close').then(([code]) => {
    over = true;
    return code as number | null;
  });
  const says = async (pattern: RegExp, timeoutMs = 60_000) => {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const found = pattern.exec(printed);
      if (found) return found;
      if (over || Date.now() > until) throw new Error(`devlink ${args[0]} said:\n${printed}${failed}`);
      await sleep(20);
    }
  };
  return { child, printed: () => printed, failed: () => failed, says, ended };
}

/** Runs `devlink` to its end. */
export async function ranDevlink(args: string[], variables: Record<string, string>, input?: string) {
  const line = devlink(args, variables, input);
  const code = await line.ended;
  return { code, printed: line.printed(), failed: line.failed() };
}
