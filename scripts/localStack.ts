import { sendLiteToItsLog } from './stack/api/quietLite.ts';
import type { LocalInfo } from './stack/localInfo.ts';
import { dataDirFrom, openDataDir } from './stack/machine/dataDir.ts';
import { note, tellFailure } from './stack/machine/steps.ts';
import { type RunningStack, startStack } from './stack/stack.ts';

const mode = process.argv[2] === 'dev' ? 'dev' : 'start';
const dataDir = dataDirFrom(process.env);
const starting = new AbortController();
let stack: RunningStack | undefined;
let ending = false;
let askedAt = 0;

function announce({ url, admin, supabase }: LocalInfo): void {
  const lines = [
    'DevLink Webhooks est prêt.',
    '',
    `Adresse       ${url}`,
    ...(admin
      ? [`E-mail        ${admin.email}`, `Mot de passe  ${admin.password}`]
      : [`Supabase      ${supabase.url}`]),
    '',
    'Ctrl-C pour arrêter.',
  ];
  const width = Math.max(...lines.map((line) => line.length));
  const rule = '─'.repeat(width + 4);
  console.log(`\n┌${rule}┐`);
  for (const line of lines) console.log(`│  ${line.padEnd(width)}  │`);
  console.log(`└${rule}┘\n`);
}

/** Ends in order: the app and what it is sending, then the API, then Postgres. Asked twice, the app is not waited for. */
async function end(code: number): Promise<void> {
  if (ending) {
    // One Ctrl-C arrives up to three times: from the terminal, from npm and from the launcher.
    if (Date.now() - askedAt > 1000) stack?.kill();
    return;
  }
  ending = true;
  askedAt = Date.now();
  starting.abort();
  if (stack) {
    console.log('Arrêt en cours…');
    await stack.stop();
    console.log('✓ Tout est arrêté.');
    process.exit(code);
  }
}

function fail(error: unknown): void {
  tellFailure(dataDir, error);
  void end(1);
}

async function main(): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0));
  // The process that launched this one is gone.
  process.on('disconnect', () => void end(0));
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  try {
    openDataDir(dataDir);
    sendLiteToItsLog(dataDir);
    stack = await startStack({ mode, dataDir, env: process.env, signal: starting.signal });
  } catch (error) {
    if (ending) process.exit(0);
    tellFailure(dataDir, error);
    process.exit(1);
  }
  if (ending) {
    await stack.stop();
    process.exit(0);
  }
  announce(stack.info);
  note(dataDir, `ready at ${stack.info.url}`);
  await stack.failed.catch(fail);
}

await main();
