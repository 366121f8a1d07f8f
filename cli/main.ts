import { hostname } from 'node:os';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ask, type GlobalOptions, json } from './apiClient.ts';
import { addConfiguration } from './configuration.ts';
import { CliError, exitCodes } from './exitCodes.ts';
import { listen } from './listen.ts';
import { listenLine } from './listenLine.ts';
import { addLists } from './lists.ts';
import { print } from './output.ts';
import { readInput } from './readInput.ts';

const program = new Command('devlink')
  .description('DevLink Webhooks from the command line.')
  .addOption(
    new Option('--url <url>', 'address of the product').env('DEVLINK_URL').default('http://localhost:3000'),
  )
  .addOption(
    new Option('--token <token>', 'API token, made in the console; better in DEVLINK_TOKEN').env(
      'DEVLINK_TOKEN',
    ),
  )
  .option('--json', 'print JSON')
  .showHelpAfterError('(devlink --help says more)')
  .exitOverride();

program
  .command('trigger <type>')
  .description('trigger an event of a type, such as lead.created (scope trigger)')
  .option('--data <file>', 'file with the payload as JSON, or - for standard input; {} unless given')
  .option('--idempotency-key <key>', 'the same key triggers once')
  .action(async (type: string, { data, idempotencyKey }, command: Command) => {
    const options = command.optsWithGlobals<GlobalOptions>();
    const payload = data === undefined ? '{}' : jsonText(readInput(data), data);
    // The payload goes on as it was written: parsing would change long numbers.
    const rest = JSON.stringify({ event_type: type, idempotency_key: idempotencyKey }).slice(0, -1);
    const body = { type: 'application/json', text: `${rest},"payload":${payload}}` };
    const event = await ask(options, 'POST /api/webhooks/trigger', { body });
    print(
      options,
      event,
      `Triggered ${type}: event ${event.event_id}, ${counted(event.deliveries, 'delivery', 'deliveries')}.`,
    );
  });

addLists(program);
addConfiguration(program);

program
  .command('replay <delivery-id>')
  .description('send a delivery again, under the same id (scope manage)')
  .action(async (deliveryId: string, _, command: Command) => {
    const options = command.optsWithGlobals<GlobalOptions>();
    const delivery = await ask(options, 'POST /api/deliveries/{deliveryId}/redeliver', {
      params: { deliveryId },
      body: json({}),
    });
    print(options, delivery, `Delivery ${delivery.id} goes out again (${delivery.event_type}).`);
  });

program
  .command('listen')
  .description('pass on what a webhook of its own receives, until Ctrl-C (scope manage)')
  .requiredOption('--forward <url>', 'where to, such as http://localhost:4000/hook', urlOf)
  .option('--events <types>', 'which, with commas between: lead.*, file.uploaded', '*')
  .action(async (_, command: Command) => {
    const options = command.optsWithGlobals<GlobalOptions & { forward: URL; events: string }>();
    const stopping = new AbortController();
    // Twice from a terminal: to every process of it, and passed on by the launcher.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
    const wanted = {
      name: `devlink listen (${hostname().slice(0, 50)})`,
      events: options.events.split(',').map((type) => type.trim()),
      to: options.forward,
    };
    const tell = (event: Parameters<Parameters<typeof listen>[2]>[0]) =>
      console.log(options.json ? JSON.stringify(event) : listenLine(event, options));
    await listen(options, wanted, tell, stopping.signal);
  });

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new InvalidArgumentError('Give a whole URL, such as http://localhost:4000/hook.');
}

function jsonText(text: string, from: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new CliError(exitCodes.usage, `${from} is not JSON: ${(error as Error).message}`);
  }
}

const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

function tellFailure(error: unknown, asJson: boolean): number {
  // Commander has printed what was wrong, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  const { exitCode, message, problem } =
    error instanceof CliError
      ? error
      : { exitCode: exitCodes.failed, message: String((error as Error).stack ?? error), problem: undefined };
  const told = { exit_code: exitCode, code: problem?.code ?? null, message, errors: problem?.errors ?? [] };
  console.error(asJson ? JSON.stringify(told) : `✗ ${message}`);
  return exitCode;
}

// `devlink events ls | head` ends the pipe before we do.
process.stdout.on('error', () => process.exit(exitCodes.done));
// The launcher is gone, and npm with it.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = tellFailure(error, process.argv.includes('--json'));
}
// Signals and the launcher's channel would keep the process.
if (process.connected) process.removeAllListeners('disconnect').disconnect();
