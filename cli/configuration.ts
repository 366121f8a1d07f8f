import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { ImportAnswer, WebhookChange } from '../lib/domain/configuration.ts';
import { ask, askText, type GlobalOptions } from './apiClient.ts';
import { CliError, exitCodes } from './exitCodes.ts';
import { print, safeLine } from './output.ts';
import { readInput } from './readInput.ts';

/** As much of a value as stands on a line. */
const mostShown = 100;

/** `export`, `diff` and `apply`: webhooks as a file. */
export function addConfiguration(program: Command): void {
  program
    .command('export')
    .description('print all webhooks as a configuration, without secrets (scope read)')
    .addOption(new Option('--format <format>', 'of the file').choices(['yaml', 'json']).default('yaml'))
    .option('-o, --output <file>', 'write it there')
    .action(async (given: { format: string; output?: string }, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const query = { format: options.json ? 'json' : given.format };
      const text = await askText(options, 'GET /api/export', { query });
      const readable = query.format === 'json' ? `${JSON.stringify(JSON.parse(text), null, 2)}\n` : text;
      if (given.output === undefined) process.stdout.write(readable);
      else write(given.output, readable);
    });

  program
    .command('diff <file>')
    .description('tell what a configuration would change (scope manage); exit code 8 where it would')
    .action(async (file: string, _, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const answer = await imported(options, file, '1');
      print(options, answer, wordsOf(answer));
      if (answer.webhooks.some(({ action }) => action !== 'unchanged')) process.exitCode = exitCodes.differs;
    });

  program
    .command('apply <file>')
    .alias('import')
    .description('bring a configuration about, all of it or nothing (scope manage)')
    .action(async (file: string, _, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const answer = await imported(options, file, '0');
      print(options, answer, wordsOf(answer));
    });
}

function imported(options: GlobalOptions, file: string, dry_run: '0' | '1'): Promise<ImportAnswer> {
  const type = file.endsWith('.json') ? 'application/json' : 'application/yaml';
  const body = { type, text: readInput(file) };
  return ask(options, 'POST /api/import', { query: { dry_run }, body });
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CliError(exitCodes.usage, `${file} cannot be written: ${(error as Error).message}.`);
  }
}

function wordsOf({ dry_run, webhooks }: ImportAnswer): string {
  const count = (action: WebhookChange['action']) => webhooks.filter((one) => one.action === action).length;
  const lines = webhooks.filter(({ action }) => action !== 'unchanged').map(changeText);
  const will = dry_run ? 'to be ' : '';
  const sum = `${count('created')} ${will}created, ${count('changed')} ${will}changed, ${count('unchanged')} unchanged.`;
  return [...lines, sum].join('\n');
}

function changeText({ slug, action, changes }: WebhookChange): string {
  const shown = (value: unknown) => {
    const text = safeLine(JSON.stringify(value));
    return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text;
  };
  const lines = Object.entries(changes).map(([name, { before, after }]) =>
    action === 'created' ? `    ${name}: ${shown(after)}` : `    ${name}: ${shown(before)} → ${shown(after)}`,
  );
  return [`${action === 'created' ? '+' : '~'} ${slug}`, ...lines].join('\n');
}
