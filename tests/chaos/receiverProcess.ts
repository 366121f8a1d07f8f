import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/*
 * Receivers that misbehave, in a process of their own. The path's first part says which one; each keeps to its vice
 * in 7 of 10 requests, until it is told to recover. Remembers every request. Talks over Node's IPC channel.
 */

export type Behaviour = 'well' | 'slow' | 'error' | 'reset' | 'stall' | 'drip' | 'garbage' | 'flood';

/** A request as the receiver saw it; `accepted` when it was answered 2xx. */
export type Received = {
  webhook: string;
  deliveryId: string;
  eventType: string;
  key: string;
  at: number;
  accepted: boolean;
};

export type ReceiverCommand = { do: 'recover' } | { do: 'report'; from: number };

const behaviours = JSON.parse(process.argv[2] ?? '{}') as Record<string, Behaviour>;
const received: Received[] = [];
const viceRate = 0.7;
const floodBytes = 10 * 2 ** 30;
const block = Buffer.alloc(64 * 1024, 'x');
let recovered = false;

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function drip(response: ServerResponse): Promise<void> {
  for (let sent = 0; sent < 600 && !response.destroyed; sent++) {
    response.write('.');
    await sleep(100);
  }
  response.end();
}

function flood(response: ServerResponse): void {
  let sent = 0;
  const endless = new Readable({
    read() {
      sent += block.length;
      this.push(sent > floodBytes ? null : block);
    },
  });
  pipeline(endless, response, () => {}); // it never gets all of them
}

/** Answers as the behaviour says; true when the answer is a 2xx that the sender can read. */
async function answer(
  behaviour: Behaviour,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  switch (behaviour) {
    case 'well':
      response.end('ok');
      return true;
    case 'slow':
      await sleep(200 + Math.random() * 800);
      response.end('ok');
      return true;
    case 'error':
      response.writeHead(500).end('no');
      return false;
    case 'reset':
      request.socket.resetAndDestroy();
      return false;
    case 'stall':
      return false;
    case 'drip':
      void drip(response);
      return false;
    case 'garbage':
      request.socket.end('\0\0 this is not HTTP \r\n\r\n');
      return false;
    case 'flood':
      // What comes after the first 16 KiB is cut off: that is a success.
      flood(response);
      return true;
  }
}

const server = createServer(async (request, response) => {
  try {
    const body = JSON.parse(await read(request)) as { payload: { key: string } };
    const webhook = (request.url ?? '').slice(1);
    const entry: Received = {
      webhook,
      deliveryId: String(request.headers['webhook-id']),
      eventType: String(request.headers['x-webhook-event']),
      key: body.payload.key,
      at: Date.now(),
      accepted: false,
    };
    received.push(entry);
    const own = behaviours[webhook] ?? 'well';
    const behaviour = recovered || Math.random() > viceRate ? 'well' : own;
    entry.accepted = await answer(behaviour, request, response);
  } catch {
    // The sender was killed in the middle of its request.
  }
});
server.keepAliveTimeout = 60_000;

process.on('message', (command: ReceiverCommand) => {
  if (command.do === 'recover') recovered = true;
  process.send?.(command.do === 'report' ? received.slice(command.from, command.from + 5000) : []);
});
process.on('disconnect', () => process.exit());

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 });
});
