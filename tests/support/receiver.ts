import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** A request as it came over the wire. */
interface ReceivedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** Names and values alternating, in the sender's spelling and order. */
  rawHeaders: string[];
  body: Buffer;
  /** When the body had arrived, in milliseconds since 1970. */
  at: number;
}

/** How to answer one request; the default is an empty 200 at once. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Waits before the first byte of the answer. */
  delayMs?: number;
  /** Sends the body in pieces of one byte with this pause between them. */
  dripMs?: number;
  /** Sends this many bytes of body, as fast as they are taken. */
  floodBytes?: number;
  /** Closes the connection without an answer (`reset`), or never answers (`hang`). */
  instead?: 'reset' | 'hang';
}

/** An HTTP receiver on loopback that does as it is told and remembers what it got. */
export interface Receiver {
  url: string;
  requests: ReceivedRequest[];
  /** What every further request gets; a function may choose by the request. */
  answer(answer: Answer | ((request: ReceivedRequest) => Answer)): void;
  /** What the next requests get, one each; afterwards the standing answer counts again. */
  script(answers: Answer[]): void;
  /** Resolves once `count` requests have arrived in all. */
  waitFor(count: number, timeoutMs?: number): Promise<ReceivedRequest[]>;
  /** The most requests that were being answered at the same time. */
  peak(): number;
  close(): Promise<void>;
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function drip(outgoing: ServerResponse, body: string | Buffer, pauseMs: number): Promise<void> {
  for (const byte of Buffer.from(body)) {
    if (outgoing.destroyed) return;
    outgoing.write(Buffer.of(byte));
    await sleep(pauseMs);
  }
  outgoing.end();
}

async function flood(outgoing: ServerResponse, bytes: number): Promise<void> {
  const block = Buffer.alloc(64 * 1024, 'x');
  for (let sent = 0; sent < bytes && !outgoing.destroyed; sent += block.length) {
    if (outgoing.write(block.subarray(0, Math.min(block.length, bytes - sent)))) continue;
    await new Promise((resolve) => outgoing.once('drain', resolve).once('close', resolve));
  }
  outgoing.end();
}

async function perform(answer: Answer, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  if (answer.delayMs) await sleep(answer.delayMs);
  if (answer.instead === 'hang') return;
  if (answer.instead === 'reset') {
    incoming.socket.resetAndDestroy();
    return;
  }
  outgoing.writeHead(answer.status ?? 200, answer.headers);
  if (answer.floodBytes) await flood(outgoing, answer.floodBytes);
  else if (answer.dripMs) await drip(outgoing, answer.body ?? '', answer.dripMs);
  else outgoing.end(answer.body ?? '');
}

/** Starts a receiver on a free port of 127.0.0.1. */
export async function startReceiver(standing: Answer = {}): Promise<Receiver> {
  const requests: ReceivedRequest[] = [];
  const scripted: Answer[] = [];
  let choose: (request: ReceivedRequest) => Answer = () => standing;
  let busy = 0;
  let peak = 0;

  const receive = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    busy += 1;
    peak = Math.max(peak, busy);
    outgoing.once('close', () => {
      busy -= 1;
    });
    const body = await readBody(incoming);
    const { method = '', url: path = '', headers, rawHeaders } = incoming;
    const request = { method, path, headers, rawHeaders, body, at: Date.now() };
    requests.push(request);
    await perform(scripted.shift() ?? choose(request), incoming, outgoing);
  };
  // A sender that gives up in the middle is no error of the receiver.
  const server = createServer((incoming, outgoing) => void receive(incoming, outgoing).catch(() => {}));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    answer: (answer) => {
      choose = typeof answer === 'function' ? answer : () => answer;
    },
    script: (answers) => {
      scripted.push(...answers);
    },
    waitFor: async (count, timeoutMs = 10_000) => {
      const deadline = Date.now() + timeoutMs;
      while (requests.length < count) {
        if (Date.now() > deadline)
          throw new Error(`${requests.length} of ${count} requests after ${timeoutMs} ms`);
        await sleep(10);
      }
      return requests;
    },
    peak: () => peak,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
