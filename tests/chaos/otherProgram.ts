import childProcess from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { createServer, type Socket } from 'node:net';

/** A program that is not ours, on a port that we know. */
export interface OtherProgram {
  /** Everything that anybody has said to it. */
  heard(): string;
  close(): Promise<void>;
}

const fine = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\r\n{"status":"ok"}';
/** How a Postgres server asks for a password in the clear. */
const tellMeThePassword = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]);

/** Listens on a port of loopback and answers what it would like to hear more of: health to HTTP, a password to Postgres. */
export async function listenAt(port: number): Promise<OtherProgram> {
  let heard = '';
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      heard += data.toString('latin1');
      socket.write(/^[A-Z]+ \//.test(data.toString('latin1')) ? fine : tellMeThePassword);
    });
  }).listen({ port, host: '127.0.0.1' });
  await once(server, 'listening');
  return {
    heard: () => heard,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** `postgres -c port=…`, or `next start --port …`. */
function portOf(args: readonly string[]): number {
  const given = args.find((arg) => arg.startsWith('port='))?.slice('port='.length);
  return Number(given ?? args[args.indexOf('--port') + 1]);
}

/**
 * Preloaded into the launcher: takes the port of Postgres, and that of the app, when each is chosen and the program that is to
 * listen there has only just been started. Writes down what was taken, and what it heard when the launcher ends.
 */
function beQuicker(report: string): void {
  const tell = (line: string) => appendFileSync(report, `${line}\n`);
  const taken = new Set<string>();
  const { spawn } = childProcess;
  childProcess.spawn = ((command: string, args: readonly string[], options: childProcess.SpawnOptions) => {
    const child = spawn(command, args, options);
    const name = /\/postgres(\.exe)?$/.test(command) ? 'postgres' : args.includes('--port') && 'app';
    if (name && !taken.has(name)) {
      taken.add(name);
      const port = portOf(args);
      listenAt(port).then(
        (program) => {
          tell(`taken ${name} ${port}`);
          process.once('exit', () => tell(`heard ${name} ${JSON.stringify(program.heard())}`));
        },
        (error) => tell(`too late ${name} ${error}`),
      );
    }
    return child;
  }) as typeof spawn;
  syncBuiltinESMExports();
}

const { OTHER_PROGRAM_REPORT: report } = process.env;
if (report && process.argv[1]?.endsWith('localStack.ts')) beQuicker(report);
