import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The child's first file, which Node runs as it is, and those that it imports. */
const files = [
  ...['main', 'guest', 'isolate', 'outcome', 'serve', 'walls'].map((name) => `child/${name}`),
  'frames',
  'limits',
].map((name) => `lib/sandbox/${name}.ts`);
const stripMs = 10_000;

/** Runs in a process of its own: Node warns of this function, and loading it takes tens of milliseconds. */
const stripper = `
  import { readFileSync } from 'node:fs';
  import { stripTypeScriptTypes } from 'node:module';
  const sources = process.argv.slice(1).map((url) => [url, stripTypeScriptTypes(readFileSync(new URL(url), 'utf8'))]);
  process.stdout.write(JSON.stringify(Object.fromEntries(sources)));`;

/** Runs in the child before its first file: takes the sources from the fourth descriptor instead of stripping them. */
const loader = `
  import { readFileSync } from 'node:fs';
  import { registerHooks } from 'node:module';
  const sources = JSON.parse(readFileSync(3, 'utf8'));
  registerHooks({
    load(url, context, next) {
      const source = sources[url];
      return source === undefined ? next(url, context) : { format: 'module', source, shortCircuit: true };
    },
  });`;

/** The flag with which a child takes its code from its parent. */
export const loaderFlag = `--import=data:text/javascript,${encodeURIComponent(loader)}`;

let stripped: string | undefined;
let isAsked = false;

// Not for the bundler: the child is files of their own.
const pathOf = (file: string) => join(/* turbopackIgnore: true */ process.cwd(), file);

export function childFile(): string {
  return pathOf('lib/sandbox/child/main.ts');
}

/**
 * The child's files without their types, as JSON, by URL; undefined until they are there. Node strips them at each
 * start otherwise, which is 60 of the 150 ms that it takes until a child is ready, and each kill costs a start.
 */
export function strippedCode(): string | undefined {
  return stripped;
}

/** Has the types stripped, once, beside everything else. When that fails, children go on to do it themselves. */
export function stripChildCode(): void {
  if (isAsked) return;
  isAsked = true;
  const urls = files.map((file) => pathToFileURL(pathOf(file)).href);
  const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', stripper];
  const options = { env: {} as NodeJS.ProcessEnv, timeout: stripMs, windowsHide: true };
  try {
    const child = execFile(
      /* turbopackIgnore: true */ process.execPath,
      [...flags, ...urls],
      options,
      (error, text) => {
        if (!error) stripped = text;
      },
    );
    child.unref();
  } catch {
    // The system refuses processes at the moment.
  }
}
