import type { Dispatcher } from 'undici';
import type { AttemptOutcome } from '@/lib/domain/attemptOutcome';
import { storableText } from '@/lib/domain/storableText';
import type { Connection } from './connectionPool';
import { SendError, toSendError } from './sendError';

/** Most of an answer's body that is read and kept, in bytes. */
const maxBodyBytes = 16 * 1024;

/** Interim answers (1xx) before the answer; each costs as much as an answer. */
const maxInterimAnswers = 20;

const wholeText = new TextDecoder();

/** undici's own timers are coarse and may fire early: they only stand behind our deadline. */
const backstopMs = 2000;

const tooManyInterimAnswers = new SendError(
  'response_invalid',
  `The receiver sent more than ${maxInterimAnswers} interim answers (1xx).`,
);

/** One POST as it goes over a connection. */
export type ExchangeRequest = {
  url: URL;
  headers: Record<string, string>;
  body: string;
  /** When the whole exchange must be over, on the clock of `performance.now()`. */
  deadline: number;
  /** For the message of a timeout. */
  timeoutMs: number;
};

type Answer = Extract<AttemptOutcome, { kind: 'response' }>;

/** How an exchange ended. `answered`: a byte of an answer came. `reusable`: the connection may carry another. */
export type ExchangeResult =
  | { answer: Omit<Answer, 'durationMs'>; reusable: boolean }
  | { error: SendError; answered: boolean };

/**
 * Runs one request over a connection that carries no other. Never throws, and ends at the deadline whatever
 * undici or the receiver does: nothing that a receiver trickles, 1xx answers included, postpones it.
 */
export function exchange(connection: Connection, request: ExchangeRequest): Promise<ExchangeResult> {
  return new Promise((resolve) => new Exchange(connection, request, resolve).start());
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #connection: Connection;
  readonly #request: ExchangeRequest;
  readonly #resolve: (result: ExchangeResult) => void;
  #timer: NodeJS.Timeout | undefined;
  #phase = 'connecting';
  #answered = false;
  #ended = false;
  #interimAnswers = 0;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(connection: Connection, request: ExchangeRequest, resolve: (result: ExchangeResult) => void) {
    this.#connection = connection;
    this.#request = request;
    this.#resolve = resolve;
  }

  start(): void {
    const { url, headers, body, deadline, timeoutMs } = this.#request;
    this.#timer = setTimeout(() => this.#timeOut(), deadline - performance.now());
    this.#connection.connects = 0;
    this.#connection.bytesBefore = this.#connection.socket?.bytesRead ?? 0;
    try {
      const path = url.pathname + url.search;
      const backstop = timeoutMs + backstopMs;
      const timeouts = { headersTimeout: backstop, bodyTimeout: backstop };
      this.#connection.client.dispatch({ path, method: 'POST', headers, body, ...timeouts }, this);
    } catch (error) {
      this.#fail(error);
    }
  }

  onRequestStart(): void {
    this.#phase = 'waiting for the answer';
  }

  onResponseStarted(): void {
    this.#answered = true;
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) {
      this.#countInterimAnswer(controller);
      return;
    }
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
    if (this.#size > maxBodyBytes) this.#end(this.#answer(true));
  }

  onResponseEnd(): void {
    this.#end(this.#answer(false));
  }

  onResponseError(_: unknown, error: Error): void {
    this.#fail(error);
  }

  /** Aborts inside the parser: those behind the last allowed one may be thousands in bytes already read. */
  #countInterimAnswer(controller: Dispatcher.DispatchController): void {
    this.#interimAnswers += 1;
    if (this.#interimAnswers > maxInterimAnswers) controller.abort(tooManyInterimAnswers);
  }

  #answer(truncated: boolean): ExchangeResult {
    const [only] = this.#chunks;
    const whole = only && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks);
    const bytes = whole.subarray(0, maxBodyBytes);
    // With `stream`, a character that the cut divides is left out instead of turning into U+FFFD.
    const text = truncated ? new TextDecoder().decode(bytes, { stream: true }) : wholeText.decode(bytes);
    const body = storableText(text);
    const answer = {
      kind: 'response' as const,
      status: this.#status,
      headers: this.#headers,
      body,
      truncated,
    };
    const closes = /\bclose\b/i.test(this.#headers.connection ?? '');
    return { answer, reusable: !truncated && !closes };
  }

  #timeOut(): void {
    this.#fail(
      new SendError(
        'timeout',
        `No complete answer within ${this.#request.timeoutMs} ms: ended while ${this.#phase}.`,
      ),
    );
  }

  #fail(error: unknown): void {
    const inHead = this.#status === 0;
    this.#end({ error: toSendError(error, inHead), answered: this.#answered });
  }

  #end(result: ExchangeResult): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#resolve(result);
  }
}

const joined = (value: string | string[] | undefined) =>
  Array.isArray(value) ? value.join(', ') : (value ?? '');
