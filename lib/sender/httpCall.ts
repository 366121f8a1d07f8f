import type { Dispatcher } from 'undici';
import { storableText } from '@/lib/domain/storableText';
import type { Connection } from './connections';
import { maxBodyBytes } from './readableBody';
import { type OwnLack, SendError, toFailure } from './sendError';
import { http2Only } from './tlsFailure';

/** undici's own timers are coarse and may fire early: they only stand behind our deadline. */
const backstopMs = 2000;

/** A deadline noticed later than this, in milliseconds, tells of a process that stood still. */
const standstillMs = 50;

/** One POST as it goes over a connection. */
export type HttpRequest = {
  url: URL;
  headers: Record<string, string>;
  body: string;
  /** When the whole call must be over, on the clock of `performance.now()`. */
  deadline: number;
  /** For the message of a timeout. */
  timeoutMs: number;
};

/** The head of an answer, and what came of its body: some bytes more than are kept when `truncated`. */
export type Received = { status: number; headers: Record<string, string>; bytes: Buffer; truncated: boolean };

/**
 * How a call ended. `answered`: a byte of an answer came. `reusable`: the connection may carry another call.
 * `received`: the answer, or what had come of it before the failure; null when that is not a whole head.
 */
export type CallResult =
  | { received: Received; reusable: boolean }
  | { failure: SendError | OwnLack; received: Received | null; answered: boolean };

/**
 * Runs one request over a connection that carries no other. Never throws, and ends at the deadline whatever
 * undici or the receiver does: nothing that a receiver trickles, 1xx answers included, postpones it.
 */
export function httpCall(connection: Connection, request: HttpRequest): Promise<CallResult> {
  return new Promise((resolve) => new HttpCall(connection, request, resolve).start());
}

class HttpCall implements Dispatcher.DispatchHandler {
  readonly #connection: Connection;
  readonly #request: HttpRequest;
  readonly #resolve: (result: CallResult) => void;
  #timer: NodeJS.Timeout | undefined;
  #mayWait = true;
  #phase: string | null = null;
  #ended = false;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(connection: Connection, request: HttpRequest, resolve: (result: CallResult) => void) {
    this.#connection = connection;
    this.#request = request;
    this.#resolve = resolve;
  }

  start(): void {
    const { url, headers, body, deadline, timeoutMs } = this.#request;
    this.#waitUntil(deadline);
    this.#connection.connects = 0;
    this.#connection.bytesBefore = this.#connection.socket?.bytesRead ?? 0;
    this.#connection.answerStart.begin();
    try {
      const path = url.pathname + url.search;
      const backstop = 2 * timeoutMs + backstopMs;
      const timeouts = { headersTimeout: backstop, bodyTimeout: backstop };
      this.#connection.client.dispatch({ path, method: 'POST', headers, body, ...timeouts }, this);
    } catch (error) {
      this.#fail(error);
    }
  }

  onRequestStart(): void {
    this.#phase = 'waiting for the answer';
  }

  onResponseStart(_: unknown, status: number, headers: Record<string, string | string[] | undefined>): void {
    this.#phase = 'reading the answer';
    this.#status = status;
    this.#headers = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [storableText(name), storableText(joined(value))]),
    );
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    if (this.#ended) return;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size > maxBodyBytes) this.#end({ received: this.#received(true), reusable: false });
  }

  onResponseEnd(): void {
    const closes = /\bclose\b/i.test(this.#headers.connection ?? '');
    this.#end({ received: this.#received(false), reusable: !closes });
  }

  onResponseError(_: unknown, error: Error): void {
    this.#fail(error);
  }

  #received(truncated: boolean): Received {
    const [only] = this.#chunks;
    const bytes = only && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks);
    return { status: this.#status, headers: this.#headers, bytes, truncated };
  }

  #waitUntil(deadline: number): void {
    this.#timer = setTimeout(() => this.#timeOut(deadline), deadline - performance.now());
  }

  /**
   * While this process stood still (busy, stopped, machine asleep) the receiver may have answered in time: it gets
   * that time back once. Otherwise bytes that came in time and were not read yet are read first: the event loop asks
   * for them between its timers and its immediates.
   */
  #timeOut(deadline: number): void {
    const lateMs = performance.now() - deadline;
    if (lateMs > standstillMs && this.#mayWait) {
      this.#mayWait = false;
      this.#waitUntil(performance.now() + Math.min(lateMs, this.#request.timeoutMs));
      return;
    }
    setImmediate(() => {
      const phase = this.#phase ?? this.#connection.stage;
      const message = `No complete answer within ${this.#request.timeoutMs} ms: ended while ${phase}.`;
      this.#fail(new SendError('timeout', message));
    });
  }

  #fail(error: unknown): void {
    if (this.#ended) return;
    const inHead = this.#status === 0;
    const failure = this.#trueCause(toFailure(error, inHead));
    this.#end({
      failure,
      received: inHead ? null : this.#received(true),
      answered: this.#connection.answerStart.began,
    });
  }

  /** Of an answer that is not HTTP/1.1, what it is instead. */
  #trueCause(failure: SendError | OwnLack): SendError | OwnLack {
    if (this.#status !== 0 || !(failure instanceof SendError)) return failure;
    const other = this.#connection.answerStart.otherProtocol();
    if (other === 'http2') return new SendError(...http2Only, failure);
    const { protocol } = this.#request.url;
    if (other !== 'tls' || protocol === 'https:') return failure;
    const message = 'The receiver speaks TLS on this port: its URL must begin with https://.';
    return new SendError('response_invalid', message, failure);
  }

  #end(result: CallResult): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#resolve(result);
  }
}

const joined = (value: string | string[] | undefined) =>
  Array.isArray(value) ? value.join(', ') : (value ?? '');
