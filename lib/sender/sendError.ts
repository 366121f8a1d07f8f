import { networkInterfaces } from 'node:os';
import type { DeliveryErrorKind } from '@/lib/domain/delivery';
import { tlsFailure } from './tlsFailure';

/** Why no complete answer came. The message is shown to people: it never tells about internal addresses. */
export class SendError extends Error {
  override readonly name = 'SendError';
  readonly kind: DeliveryErrorKind;

  constructor(kind: DeliveryErrorKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** What we lacked ourselves to send a request: says nothing of the receiver. */
export class OwnLack extends Error {
  override readonly name = 'OwnLack';
}

const noDescriptor = 'No file descriptor was free on our side.';
const noMemory = 'No memory was free for a connection on our side.';
const noPort = 'No port was free for a connection on our side.';
const noNetwork = 'Our own network is down.';

/** Error codes of the system, of Node and of OpenSSL (`man 2 connect`, `man 2 socket`). */
const ownLacks: Record<string, string> = {
  EMFILE: noDescriptor,
  ENFILE: noDescriptor,
  ENOBUFS: noMemory,
  ENOMEM: noMemory,
  EAI_MEMORY: noMemory,
  ERR_MEMORY_ALLOCATION_FAILED: noMemory,
  ERR_SSL_MALLOC_FAILURE: noMemory,
  EADDRNOTAVAIL: noPort,
  EADDRINUSE: noPort,
  EAGAIN: noPort,
  ENETDOWN: noNetwork,
};

const closedEarly = 'The receiver closed the connection before its answer was complete.';
const notHttp = 'The receiver sent something that is not a valid HTTP/1.1 answer.';
const timedOut = 'The receiver did not answer in time.';
const unreachable = "The receiver's network cannot be reached.";
const forbidden = "The rules of our own system or firewall forbid connections to the receiver's address.";
const unbuildable = 'The request cannot be built';

const failuresByCode: Record<string, [DeliveryErrorKind, string]> = {
  ECONNREFUSED: ['connection_refused', 'The receiver refused the connection.'],
  EHOSTUNREACH: ['connection_refused', unreachable],
  EHOSTDOWN: ['connection_refused', unreachable],
  ENETUNREACH: ['connection_refused', unreachable],
  EACCES: ['address_refused', forbidden],
  EPERM: ['address_refused', forbidden],
  ECONNRESET: ['connection_reset', closedEarly],
  ECONNABORTED: ['connection_reset', closedEarly],
  EPIPE: ['connection_reset', closedEarly],
  UND_ERR_SOCKET: ['connection_reset', closedEarly],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: [
    'connection_reset',
    "The receiver's answer does not have the length that it announced.",
  ],
  // undici asserts what it expects of an answer: status 000, or 101 without an upgrade, breaks that.
  ERR_ASSERTION: ['response_invalid', notHttp],
  ETIMEDOUT: ['timeout', timedOut],
  UND_ERR_CONNECT_TIMEOUT: ['timeout', timedOut],
  UND_ERR_HEADERS_TIMEOUT: ['timeout', timedOut],
  UND_ERR_BODY_TIMEOUT: ['timeout', timedOut],
  UND_ERR_HEADERS_OVERFLOW: ['response_invalid', "The headers of the receiver's answer exceed 16 KiB."],
  UND_ERR_NOT_SUPPORTED: ['request_invalid', `${unbuildable}.`],
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: ['request_invalid', `${unbuildable}.`],
};

/**
 * What undici, a socket or our own code threw, as a failure for the attempt log or a lack of our own.
 * @param inHead whether the headers of the answer were not complete yet
 */
export function toFailure(error: unknown, inHead = false): SendError | OwnLack {
  if (error instanceof SendError || error instanceof OwnLack) return error;
  const { name, code, message } = described(error);
  const lack = ownLackOf(error);
  if (lack) return lack;
  const ofTls = tlsFailure(code);
  if (ofTls) return new SendError(...ofTls, error);
  if (code === 'UND_ERR_INVALID_ARG')
    return new SendError('request_invalid', `${unbuildable}: ${message}.`, error);
  // undici leaves the code of a parser's error undefined.
  const isGarbage = name === 'HTTPParserError' && !message.includes('EOF');
  // Once it has read a Content-Length, undici calls any fault of the head, a second one included, a wrong length.
  const isBadHead = inHead && code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH';
  if (isGarbage || isBadHead || message === 'bad response' || message === 'bad upgrade') {
    return new SendError('response_invalid', notHttp, error);
  }
  if (name === 'HTTPParserError') return new SendError('connection_reset', closedEarly, error);
  // Without a code it comes from a mistake in code: it would happen again, and is not the receiver's doing.
  if (code === '') return new SendError('request_invalid', `${unbuildable}: ${message}.`, error);
  const [kind, sentence] = failuresByCode[code] ?? ['connection_reset', `The connection failed (${code}).`];
  return new SendError(kind, sentence, error);
}

/** The lack that an error of any source tells of, or null. */
export function ownLackOf(error: unknown): OwnLack | null {
  const { name, code, message } = described(error);
  const isUnreachable = code === 'ENETUNREACH' || code === 'EHOSTUNREACH';
  const isOutOfMemory = name.endsWith('RangeError') && /allocat|out of memory/i.test(message);
  const sentence =
    ownLacks[code] ?? (isOutOfMemory ? noMemory : isUnreachable && !hasNetwork() ? noNetwork : undefined);
  return sentence === undefined ? null : new OwnLack(sentence, { cause: error });
}

/** Whether this machine has any address besides loopback. A list that cannot be read says nothing. */
function hasNetwork(): boolean {
  return externalAddresses()?.length !== 0;
}

/** Whether this machine has a network, and no IPv6 in it beyond its own link. */
export function isWithoutIpv6(): boolean {
  const addresses = externalAddresses() ?? [];
  const isIpv6 = (address: string) => address.includes(':') && !/^fe80:/i.test(address);
  return addresses.length > 0 && !addresses.some(isIpv6);
}

function externalAddresses(): string[] | null {
  try {
    const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    return interfaces.filter(({ internal }) => !internal).map(({ address }) => address);
  } catch {
    return null; // reading it takes a descriptor
  }
}

/** What can be read of whatever was thrown; empty where there is nothing. */
export function described(error: unknown): { name: string; code: string; message: string } {
  const text = (key: string) => {
    const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, key) : undefined;
    return typeof value === 'string' ? value : '';
  };
  return { name: text('name'), code: text('code'), message: text('message') };
}
