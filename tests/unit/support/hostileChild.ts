/**
 * A sandbox child without isolated-vm: the text of a request runs in Node itself, as it would for somebody who got out of
 * the engine. What is left is what the walls leave.
 */
import { createRequire } from 'node:module';
import { send, serve } from '../../../lib/sandbox/child/serve.ts';

const require = createRequire(import.meta.url);

async function attempt(source: string): Promise<string> {
  try {
    const run = new Function('require', 'parent', `return (async () => { ${source} })()`);
    return `reached: ${JSON.stringify(await run(require, process.ppid))}`;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return `refused: ${code ?? message}`;
  }
}

serve(([, source = '']) => void attempt(source).then((outcome) => send(['done', outcome])));
