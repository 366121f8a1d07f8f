import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { ListenedRequest } from '../lib/domain/listener.ts';

/** What the receiver answered; why there was none. */
export type Forwarded = { status: number; text: string; ms: number } | { error: string; ms: number };

/** Milliseconds for the receiver. */
const patience = 30_000;
/** As much of an answer as is shown. */
const mostShown = 2000;
/** Of the connection, not of the request: the one to the receiver has its own. */
const ofConnection = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'expect',
  'te',
]);

/** Sends a request on as it came: method, headers and the bytes of its body. Never rejects. */
export function forward(
  { method, headers, body }: ListenedRequest,
  url: URL,
  stop: AbortSignal,
): Promise<Forwarded> {
  const began = performance.now();
  const bytes = Buffer.from(body);
  const kept = Object.entries(headers).filter(([name]) => !ofConnection.has(name.toLowerCase()));
  const ms = () => Math.round(performance.now() - began);
  const { promise, resolve } = Promise.withResolvers<Forwarded>();
  const fail = (error: NodeJS.ErrnoException) =>
    resolve({ error: error.code?.startsWith('E') ? error.code : error.message, ms: ms() });
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const outgoing = send(
    url,
    {
      method,
      headers: { ...Object.fromEntries(kept), 'content-length': bytes.length },
      signal: AbortSignal.any([AbortSignal.timeout(patience), stop]),
    },
    (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        if (text.length < mostShown) text = (text + chunk).slice(0, mostShown);
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, ms: ms() }));
      answer.on('error', fail); // cut in the middle
    },
  );
  outgoing.on('error', (error: NodeJS.ErrnoException) =>
    fail(error.name === 'AbortError' ? new Error(stop.aborted ? 'stopped' : 'no answer in 30 s') : error),
  );
  outgoing.end(bytes);
  return promise;
}
