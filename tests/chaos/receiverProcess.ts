import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/*
 * Receivers that misbehave, in a process of their own. The path's first part says which one; each keeps to its vice
 * in 7 of 10 requests, until it is told to recover, or always, where it was told so while it runs. Remembers every
 * request. Talks over Node's IPC channel.
 */

export type Behaviour =
  | 'well'
  | 'slow'
  | 'error'
  | 'reset'
  | 'stall'
  | 'drip'
  | 'garbage'
  | 'flood'
  | 'gone'
  /** 422 to whatever is not of the type `lead.updated`. */
  | 'picky'
  /** Takes 5 requests a second; answers 429 with `Retry-After: 1` to the others. */
  | 'throttled';

/** A request as the receiver saw it; `accepted` when it was answered 2xx. */
export type Received = {
  webhook: string;
  deliveryId: string;
  eventType: string;
  key: string;
  /** Milliseconds since 1970, with fractions. */
  at: number;
  /** Milliseconds from the event's timestamp to its arrival. */
  delayMs: number;
  accepted: boolean;
};

export type ReceiverCommand =
  | { do: 'recover' }
  | { do: 'behave'; webhook: string; behaviour: Behaviour }
  | { do: 'report'; from: number };

/** `key` names the event where somebody triggered it, the row's new name where its table told it. */
type Payload = { key?: string; changes?: { nom: string } };

const behaviours = JSON.parse(process.argv[2] ?? '{}') as Record<string, Behaviour>;
/** Those that never do anything else. */
const always = new Set<string>();
const received: Received[] = [];
const viceRate = 0.7;
const floodBytes = 10 * 2 ** 30;
const block = Buffer.alloc(64 * 1024, 'x');
let recovered = false;
/** Of a throttled receiver: the second that runs, and what it has taken in it. */
const taken = new Map<string, { second: number; count: number }>();
const now = () => performance.timeOrigin + performance.now();

/** Whether a receiver that takes so many a second takes one more. */
function hasRoom(webhook: string, perSecond: number): boolean {
  const second = Math.floor(now() / 1000);
  const last = taken.get(webhook);
  const count = last?.second === second ? last.count + 1 : 1;
  if (count > perSecond) return false;
  taken.set(webhook, { second, count });
  return true;
}

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
  entry: Received,
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
    case 'gone':
      response.writeHead(410).end('gone');
      return false;
    case 'picky': {
      const accepted = entry.eventType === 'lead.updated';
      response.writeHead(accepted ? 200 : 422).end('{"error":"not one of ours"}');
      return accepted;
    }
    case 'throttled': {
      const accepted = hasRoom(entry.webhook, 5);
      response.writeHead(accepted ? 200 : 429, accepted ? {} : { 'retry-after': '1' }).end();
      return accepted;
    }
  }
}

const server = createServer(async (request, response) => {
  try {
    const body = JSON.parse(await read(request)) as { payload: Payload; timestamp: string };
    const at = now();
    const webhook = (request.url ?? '').slice(1);
    const entry: Received = {
      webhook,
      deliveryId: String(request.headers['webhook-id']),
      eventType: String(request.headers['x-webhook-event']),
      key: body.payload.key ?? body.payload.changes?.nom ?? '',
      at,
      delayMs: at - Date.parse(body.timestamp),
      accepted: false,
    };
    received.push(entry);
    const own = behaviours[webhook] ?? 'well';
    const isGood = always.has(webhook) ? false : recovered || Math.random() > viceRate;
    entry.accepted = await answer(isGood ? 'well' : own, entry, request, response);
  } catch {
    // The sender was killed in the middle of its request.
  }
});
server.keepAliveTimeout = 60_000;

process.on('message', (command: ReceiverCommand) => {
  if (command.do === 'recover') recovered = true;
  if (command.do === 'behave') {
    behaviours[command.webhook] = command.behaviour;
    always.add(command.webhook);
  }
  process.send?.(command.do === 'report' ? received.slice(command.from, command.from + 5000) : []);
});
process.on('disconnect', () => process.exit());

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 });
});
