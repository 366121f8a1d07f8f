import { createServer } from 'node:http';

/*
 * A receiver in a process of its own, so that a benchmark's client and its receiver do not share an event loop.
 * Counts requests, and remembers when each delivery of interest arrived. Talks over Node's IPC channel.
 */

export type ReceiverReport = {
  count: number;
  firstAt: number;
  lastAt: number;
  byPath: Record<string, number[]>;
  /** By path: milliseconds from the body's timestamp to its arrival. */
  delays: Record<string, number[]>;
};
export type ReceiverCommand =
  | { do: 'reset'; remember?: boolean }
  | { do: 'behave'; path: string; status?: number; delayMs?: number; hang?: boolean; perSecond?: number }
  | { do: 'report' };

/** `perSecond`: takes so many a second, and answers 429 with `Retry-After: 1` to the others. */
type Behaviour = { status: number; delayMs: number; hang: boolean; perSecond?: number };

const nothing = (): ReceiverReport => ({ count: 0, firstAt: 0, lastAt: 0, byPath: {}, delays: {} });
let report = nothing();
let remember = false;
const behaviours = new Map<string, Behaviour>();

/** By path: the second that runs, and what was taken in it. */
const taken = new Map<string, { second: number; count: number }>();

function hasRoom(path: string, perSecond: number): boolean {
  const second = Math.floor(now() / 1000);
  const last = taken.get(path);
  const count = last?.second === second ? last.count + 1 : 1;
  if (count > perSecond) return false;
  taken.set(path, { second, count });
  return true;
}

const now = () => performance.timeOrigin + performance.now();

const timestampOf = (body: string) => Date.parse(/"timestamp":"([^"]+)"\}$/.exec(body)?.[1] ?? '');

function push(lists: Record<string, number[]>, key: string, value: number): void {
  const list = lists[key];
  if (list) list.push(value);
  else lists[key] = [value];
}

const server = createServer((request, response) => {
  let body = '';
  if (remember) request.setEncoding('utf8').on('data', (chunk) => (body += chunk));
  else request.resume();
  request.on('end', () => {
    const at = now();
    report.count += 1;
    report.firstAt ||= at;
    report.lastAt = at;
    const path = request.url ?? '/';
    if (remember) {
      push(report.byPath, path, at);
      push(report.delays, path, at - timestampOf(body));
    }
    const behaviour = behaviours.get(path);
    if (!behaviour) response.end('ok');
    else if (behaviour.perSecond !== undefined && !hasRoom(path, behaviour.perSecond)) {
      response.writeHead(429, { 'retry-after': '1' }).end();
    } else if (!behaviour.hang) {
      setTimeout(() => response.writeHead(behaviour.status).end('ok'), behaviour.delayMs);
    }
  });
});
server.keepAliveTimeout = 60_000;

process.on('message', (command: ReceiverCommand) => {
  if (command.do === 'reset') {
    report = nothing();
    remember = command.remember ?? false;
  } else if (command.do === 'behave') {
    const { path, status = 200, delayMs = 0, hang = false, perSecond } = command;
    behaviours.set(path, { status, delayMs, hang, ...(perSecond !== undefined && { perSecond }) });
  }
  process.send?.(report);
});
process.on('disconnect', () => process.exit());

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 });
});
