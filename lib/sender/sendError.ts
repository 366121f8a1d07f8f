import type { DeliveryErrorKind } from '@/lib/domain/delivery';

/** Why no complete answer came. The message is shown to people: it never tells about internal addresses. */
export class SendError extends Error {
  override readonly name = 'SendError';
  readonly kind: DeliveryErrorKind;

  constructor(kind: DeliveryErrorKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

const closedEarly = 'The receiver closed the connection before its answer was complete.';
const notHttp = 'The receiver sent something that is not a valid HTTP/1.1 answer.';
const timedOut = 'The receiver did not answer in time.';
const unreachable = "The receiver's network cannot be reached.";
const noSockets = 'No socket was free on our side.';

const failuresByCode: Record<string, [DeliveryErrorKind, string]> = {
  ECONNREFUSED: ['connection_refused', 'The receiver refused the connection.'],
  EHOSTUNREACH: ['connection_refused', unreachable],
  ENETUNREACH: ['connection_refused', unreachable],
  EADDRNOTAVAIL: ['connection_refused', unreachable],
  EMFILE: ['connection_refused', noSockets],
  ENFILE: ['connection_refused', noSockets],
  ENOBUFS: ['connection_refused', noSockets],
  ECONNRESET: ['connection_reset', closedEarly],
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
};

/**
 * What undici, a socket or our own code threw, as a failure for the attempt log.
 * @param inHead whether the headers of the answer were not complete yet
 */
export function toSendError(error: unknown, inHead = false): SendError {
  if (error instanceof SendError) return error;
  const { name, code = '', message = '' } = error as { name?: string; code?: string; message?: string };
  if (code === 'UND_ERR_INVALID_ARG') {
    return new SendError('request_invalid', `The request cannot be built: ${message}.`, error);
  }
  // undici leaves the code of a parser's error undefined.
  const isGarbage = name === 'HTTPParserError' && !message.includes('EOF');
  // Once it has read a Content-Length, undici calls any fault of the head, a second one included, a wrong length.
  const isBadHead = inHead && code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH';
  if (isGarbage || isBadHead || message === 'bad response' || message === 'bad upgrade') {
    return new SendError('response_invalid', notHttp, error);
  }
  if (name === 'HTTPParserError') return new SendError('connection_reset', closedEarly, error);
  const [kind, sentence] = failuresByCode[code] ?? ['connection_reset', `The connection failed (${code}).`];
  return new SendError(kind, sentence, error);
}

const tlsReasons: Record<string, string> = {
  CERT_HAS_EXPIRED: "the receiver's certificate has expired",
  CERT_NOT_YET_VALID: "the receiver's certificate is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the receiver's certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "the receiver's certificate is not signed by a known authority",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the receiver does not send its intermediate certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the receiver's certificate is not signed by a known authority",
  ERR_TLS_CERT_ALTNAME_INVALID: "the receiver's certificate is for another host name",
  ERR_SSL_WRONG_VERSION_NUMBER: 'the receiver does not speak TLS on this port',
  ECONNRESET: 'the receiver closed the connection',
};

/** A failed TLS handshake as a failure for the attempt log. */
export function toTlsError(error: unknown): SendError {
  const { code = 'unknown' } = error as { code?: string };
  return new SendError('tls', `TLS failed: ${tlsReasons[code] ?? code}.`, error);
}
