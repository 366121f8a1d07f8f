import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { portOf, startGate } from './gate.ts';

/** What happens to a request on its way to the API, or to its answer on the way back. */
export type Fault =
  /** It is taken and never answered; the API does not see it. */
  | { kind: 'hang' }
  /** Its connection is cut (RST); the API does not see it. */
  | { kind: 'reset' }
  /** A gateway answers in place of the API: by default 502 and a page of HTML. */
  | { kind: 'answer'; status?: number; body?: string; headers?: Record<string, string> }
  /** The API does as asked, and the connection is cut instead of its answer. */
  | { kind: 'lost' }
  /** The API does as asked; its head and half of its answer come, then the connection is cut. */
  | { kind: 'half' }
  /** The API does as asked; its head and half of its answer come, then nothing more. */
  | { kind: 'stall' }
  /** The request is passed on this much later. */
  | { kind: 'slow'; ms: number }
  /** Nobody listens: connections that exist are cut, further ones refused. Whatever the path. */
  | { kind: 'refuse' }
  /**
   * Connections are accepted by the system and read by nobody, and those that exist fall silent for ever, as behind a
   * router that forgot them. Whatever the path.
   */
  | { kind: 'deaf' };

/** A real HTTP proxy on loopback whose faults are switched while it runs. */
export interface FaultProxy {
  /** To be used in place of the API's address. */
  url: string;
  /** From now on every request whose path fits (all where none is given) meets the fault; null ends it. */
  fault(fault: Fault | null, path?: RegExp): Promise<void>;
  /** Requests that came, and those of them that met a fault. */
  seen(): number;
  struck(): number;
  /** Resolves once `count` requests have met a fault in all. */
  untilStruck(count: number, timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
}

const page =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n';
const html = { 'content-type': 'text/html' };

/** Names that belong to one connection and are not passed on (RFC 9110 §7.6.1). */
const hops = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade']);

const passedOn = (message: IncomingMessage) =>
  Object.fromEntries(Object.entries(message.headers).filter(([name]) => !hops.has(name)));

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * Starts a proxy in front of an HTTP API (the local Supabase API, or any other).
 * @param target its address, without a path
 */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const counts = { seen: 0, struck: 0 };
  let standing: { fault: Fault; path: RegExp } | null = null;

  /** The API's answer: its head at once, its body still to be read. */
  const ask = async (incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> => {
    const { method, url = '/' } = incoming;
    const headers = { ...passedOn(incoming), 'content-length': String(body.length) };
    const call = request(new URL(url, target), { method, agent, headers });
    call.end(body);
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    return answer;
  };

  const perform = async (fault: Fault | null, incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await bytesOf(incoming);
    const kind = fault?.kind;
    if (kind === 'hang') return;
    if (kind === 'reset') return void incoming.socket.resetAndDestroy();
    if (fault?.kind === 'answer') {
      return void outgoing.writeHead(fault.status ?? 502, fault.headers ?? html).end(fault.body ?? page);
    }
    if (fault?.kind === 'slow') await sleep(fault.ms);
    const answer = await ask(incoming, body);
    if (kind === 'lost') {
      await bytesOf(answer);
      return void incoming.socket.resetAndDestroy();
    }
    if (kind === 'half' || kind === 'stall') {
      const bytes = await bytesOf(answer);
      outgoing.writeHead(answer.statusCode ?? 502, {
        ...passedOn(answer),
        // As if all of it were to come, also where the API itself sent no length.
        'content-length': String(bytes.length + 1),
      });
      outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => {
        if (kind === 'half') incoming.socket.destroy();
      });
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 502, passedOn(answer));
    answer.on('error', () => outgoing.destroy());
    answer.pipe(outgoing);
  };

  const http = createServer((incoming, outgoing) => {
    counts.seen += 1;
    const fault = standing?.path.test(incoming.url ?? '/') ? standing.fault : null;
    if (fault) counts.struck += 1;
    // An API that is away shows as what it is; a caller that gave up is no error of the proxy.
    perform(fault, incoming, outgoing).catch(() => incoming.socket.resetAndDestroy());
  });
  http.keepAliveTimeout = 60_000;
  http.requestTimeout = 0;
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));

  const gate = await startGate(portOf(http));
  return {
    url: `http://127.0.0.1:${gate.port}`,
    fault: async (fault, path = /^/) => {
      standing = fault && fault.kind !== 'refuse' && fault.kind !== 'deaf' ? { fault, path } : null;
      await gate.become(fault?.kind === 'refuse' || fault?.kind === 'deaf' ? fault.kind : 'open');
    },
    seen: () => counts.seen,
    struck: () => counts.struck + gate.struck(),
    untilStruck: async (count, timeoutMs = 10_000) => {
      const deadline = Date.now() + timeoutMs;
      while (counts.struck + gate.struck() < count) {
        if (Date.now() > deadline)
          throw new Error(`${counts.struck + gate.struck()} of ${count} requests met the fault`);
        await sleep(5);
      }
    },
    close: async () => {
      await gate.close();
      http.closeAllConnections();
      http.close();
      agent.destroy();
    },
  };
}
