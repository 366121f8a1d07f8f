import { execFileSync, spawn } from 'node:child_process';
import path from 'node:path';

/** The version that docs/hosted.md says was tried. */
export const cliVersion = '3.1.0';

/** The CLI as `npx` brings it: from npm's cache, or else from its registry. @returns the file that Node runs */
export function fetchCli(): string {
  const find = "node -p 'process.env.PATH.split(path.delimiter)[0]'";
  const args = ['exec', '--yes', '--prefer-offline', `--package=supabase@${cliVersion}`, '-c', find];
  const printed = execFileSync('npm', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  const bin = printed.trim().split('\n').at(-1) ?? '';
  return path.join(bin, '../supabase/dist/supabase.js');
}

/** Runs it in a folder that holds `supabase/`, with nothing of this person's own: no login, no settings, no telemetry. */
export function runCli(
  cli: string,
  folder: string,
  args: string[],
): Promise<{ code: number | null; output: string }> {
  const env = {
    NODE_ENV: 'production' as const,
    PATH: process.env.PATH,
    HOME: folder,
    USERPROFILE: folder,
    NO_COLOR: '1',
    DO_NOT_TRACK: '1',
    SUPABASE_TELEMETRY_DISABLED: '1',
    SUPABASE_NO_UPDATE_NOTIFIER: '1',
  };
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
