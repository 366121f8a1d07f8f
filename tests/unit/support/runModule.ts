import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Node alone resolves neither `@/` nor an import without its extension. */
const resolveAsBundlers = `
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve(specifier, context, next) {
      if (!/^(@|\\.\\.?)\\//.test(specifier) || context.parentURL?.includes('/node_modules/'))
        return next(specifier, context);
      const path = specifier.replace(/^@\\//, 'file://${process.cwd()}/');
      return next(/\\.\\w+$/.test(path) ? path : path + '.ts', context);
    },
  });`;

/** The arguments with which Node runs the text of a module. */
export function moduleArguments(source: string): string[] {
  const hook = `data:text/javascript,${encodeURIComponent(resolveAsBundlers)}`;
  return ['--import', hook, '--input-type=module', '--eval', source];
}

/**
 * Runs the text of a module in a Node process of its own, with at most `descriptors` files open. Resolves with the
 * JSON that it printed; rejects with what it wrote to stderr when it fails. Not on Windows.
 * @param within a command that runs Node, with its flags
 */
export async function runModule(
  source: string,
  descriptors: number,
  within: string[] = [],
): Promise<unknown> {
  const limited = `ulimit -n ${descriptors} && exec "$0" "$@"`;
  const command = [...within, process.execPath, ...moduleArguments(source)];
  const env = { ...process.env, WEBHOOKS_LOG_LEVEL: 'silent' };
  const { stdout } = await run('sh', ['-c', limited, ...command], { env, timeout: 20_000 });
  return JSON.parse(stdout);
}
