import type { Socket } from 'node:net';
import { Client } from 'undici';
import type { UrlPolicy } from '@/lib/domain/targetUrl';
import type { ResolveAddresses } from './addressCheck';
import { AnswerStart } from './answerStart';
import { type ConnectStage, type ConnectTarget, connectTarget, pinnedConnect } from './connect';
import { SendError } from './sendError';

/** One socket to one origin, carrying one request at a time. */
export type Connection = {
  client: Client;
  key: string;
  /** Answers that this connection has brought: above 0 the socket may be stale. */
  served: number;
  /** Sockets opened for the present request. */
  connects: number;
  /** The socket that was opened last, and the bytes that it had read when the present request began. */
  socket: Socket | undefined;
  bytesBefore: number;
  /** What a connection that is being opened waits for. */
  stage: ConnectStage;
  answerStart: AnswerStart;
  /** When the last answer was complete, on the clock of `performance.now()`. */
  idleSince: number;
  /** Gives up a connection that is being opened. */
  abort: AbortController;
};

/** A receiver that closes each connection at once would keep undici reconnecting until the deadline. */
const maxConnectsPerRequest = 2;
const keepAliveMs = 4000;
/** Nobody waits on a connection that is given up; made once, for a stack trace costs more than a request. */
const givenUp = new SendError('connection_reset', 'The connection was given up.');
const tooManyBytes = new SendError('response_invalid', 'The receiver sent more than 256 KiB for one answer.');
/** Interim answers (1xx) before the answer; each costs as much as an answer. */
const maxInterimAnswers = 20;
const tooManyInterimAnswers = new SendError(
  'response_invalid',
  `The receiver sent more than ${maxInterimAnswers} interim answers (1xx).`,
);
/** Idle sockets over all origins; the one idle for the longest goes first. */
const maxIdle = 1024;
/**
 * How long a connection rests after an answer. Whatever a receiver sends unasked within this time is seen while
 * no request waits, and ends the connection; otherwise it would pass for the answer to the next request.
 */
const restMs = 5;
/** How often is looked which connections have rested, while any rests. */
const restCheckMs = 2;
/** Most that a receiver may send for one request, interim answers, headers and chunk framing included. */
const maxBytesPerRequest = 256 * 1024;

/**
 * Keep-alive connections by origin and policy. A request that finds no rested connection opens one, so that a
 * request never queues behind another one: how many run at once is the caller's cap per webhook.
 */
export class Connections {
  readonly #resolve: ResolveAddresses;
  /** Idle connections, in the order in which they became idle. */
  readonly #idle = new Set<Connection>();
  readonly #idleByKey = new Map<string, Connection[]>();
  /** Connections that are idle since this moment or longer have rested. */
  #restedSince = 0;
  #lastKeptAt = 0;
  #restTimer: NodeJS.Timeout | undefined;

  constructor(resolve: ResolveAddresses) {
    this.#resolve = resolve;
  }

  /** The connection to this origin that is idle for the longest if it has rested, or a new one. */
  take(url: URL, policy: UrlPolicy): Connection {
    const key = keyOf(url, policy);
    const longestIdle = this.#idleByKey.get(key)?.[0];
    if (!longestIdle || longestIdle.idleSince > this.#restedSince) return this.#open(key, url, policy);
    this.#forget(longestIdle);
    return longestIdle;
  }

  /** A new connection, whatever is idle. */
  open(url: URL, policy: UrlPolicy): Connection {
    return this.#open(keyOf(url, policy), url, policy);
  }

  /** Takes back a connection after a complete answer. */
  keep(connection: Connection): void {
    connection.served += 1;
    connection.idleSince = performance.now();
    this.#lastKeptAt = connection.idleSince;
    this.#restTimer ??= this.#startRestTimer();
    const siblings = this.#idleByKey.get(connection.key);
    if (siblings) siblings.push(connection);
    else this.#idleByKey.set(connection.key, [connection]);
    this.#idle.add(connection);
    const [oldest] = this.#idle;
    if (oldest && this.#idle.size > maxIdle) this.discard(oldest);
  }

  /** Closes a connection at once, in whatever state it is. */
  discard(connection: Connection): void {
    this.#forget(connection);
    connection.abort.abort(givenUp);
    void connection.client.destroy(givenUp);
  }

  /** Closes every idle connection, and tells how many there were. */
  async close(): Promise<number> {
    const idle = [...this.#idle];
    for (const connection of idle) this.#forget(connection);
    await Promise.all(idle.map(({ client }) => client.destroy()));
    return idle.length;
  }

  /** Unreferenced, for resting connections must not keep the process alive. */
  #startRestTimer(): NodeJS.Timeout {
    return setTimeout(() => this.#endRests(), restCheckMs).unref();
  }

  /**
   * Only a timer may end a rest, not a look at the clock in `take`: the event loop asks for new bytes right after
   * its timers. On a busy loop a request could otherwise start before what came meanwhile was read.
   */
  #endRests(): void {
    this.#restedSince = performance.now() - restMs;
    this.#restTimer = this.#lastKeptAt > this.#restedSince ? this.#startRestTimer() : undefined;
  }

  #forget(connection: Connection): void {
    if (!this.#idle.delete(connection)) return;
    const siblings = this.#idleByKey.get(connection.key) ?? [];
    siblings.splice(siblings.indexOf(connection), 1);
    if (siblings.length === 0) this.#idleByKey.delete(connection.key);
  }

  #open(key: string, url: URL, policy: UrlPolicy): Connection {
    const target = connectTarget(url);
    const abort = new AbortController();
    const client = new Client(url.origin, {
      connect: (_options, callback) => {
        this.#connect(connection, target, policy)
          .then(
            (socket) => {
              watchAnswers(connection, socket);
              callback(null, socket);
              boundBytes(connection, socket);
            },
            (error: Error) => callback(error, null),
          )
          .catch(() => this.discard(connection));
      },
      allowH2: false,
      pipelining: 1,
      maxHeaderSize: 16 * 1024,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
    });
    const connection: Connection = {
      client,
      key,
      served: 0,
      connects: 0,
      socket: undefined,
      bytesBefore: 0,
      stage: 'connecting',
      answerStart: new AnswerStart(),
      idleSince: 0,
      abort,
    };
    // Closed while idle: by the receiver, or after its time.
    client.on('disconnect', () => this.#forget(connection));
    return connection;
  }

  #connect(connection: Connection, target: ConnectTarget, policy: UrlPolicy) {
    connection.connects += 1;
    connection.served = 0;
    if (connection.connects > maxConnectsPerRequest) {
      return Promise.reject(
        new SendError('connection_reset', 'The receiver closes each connection without an answer.'),
      );
    }
    return pinnedConnect(target, policy, this.#resolve, connection.abort.signal, (stage) => {
      connection.stage = stage;
    });
  }
}

/** Has `AnswerStart` look at what undici reads: it takes everything with `read`. */
function watchAnswers({ answerStart }: Connection, socket: Socket): void {
  const read = socket.read.bind(socket);
  answerStart.begin();
  socket.read = (size) => {
    for (;;) {
      const bytes: unknown = read(size);
      if (!Buffer.isBuffer(bytes)) return bytes;
      const passed = answerStart.pass(bytes);
      if (answerStart.interimAnswers > maxInterimAnswers) socket.destroy(tooManyInterimAnswers);
      if (passed.length > 0) return passed;
    }
  };
}

/**
 * Ends a socket on which a receiver floods us outside of the body, where neither undici nor the cut of a long body
 * sets an end. To be called after undici has its listener, so that an answer within the bytes comes first.
 */
function boundBytes(connection: Connection, socket: Socket): void {
  connection.socket = socket;
  connection.bytesBefore = 0;
  socket.on('readable', () => {
    if (socket.bytesRead - connection.bytesBefore > maxBytesPerRequest) socket.destroy(tooManyBytes);
  });
}

const policyKeys = new WeakMap<UrlPolicy, string>();

function keyOf(url: URL, policy: UrlPolicy): string {
  let policyKey = policyKeys.get(policy);
  if (policyKey === undefined) {
    policyKey = JSON.stringify(policy);
    policyKeys.set(policy, policyKey);
  }
  return `${url.origin} ${policyKey}`;
}
