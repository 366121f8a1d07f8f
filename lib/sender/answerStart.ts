/** What an interim answer begins with; `x` is any byte: the minor version and the last two digits of the status. */
const interimStart = Buffer.from('HTTP/1.x 1xx');
const [any, lineFeed, carriageReturn, space] = Buffer.from('x\n\r ');
const nothing = Buffer.alloc(0);
/** A frame of HTTP/2 (RFC 9113, section 4.1): 3 bytes length, type, flags, 4 bytes stream. */
const frameHeadBytes = 9;
const firstFrameTypes: ReadonlySet<number | undefined> = new Set([0x04, 0x07]); // SETTINGS, GOAWAY
const recordTypes: ReadonlySet<number | undefined> = new Set([0x15, 0x16]); // alert, handshake (RFC 8446, section 5.1)

/**
 * Takes the interim answers (1xx) out of what a receiver sends before its answer: RFC 9110, section 15.2, has those
 * that nobody asked for passed over, while undici takes a `100 Continue` for an attack and `Connection: close` in a
 * 103 for the end. All else, faults and 101 included, is left to undici's parser.
 */
export class AnswerStart {
  /** Interim answers since the request began. */
  interimAnswers = 0;
  /** Whether a byte came since then. */
  began = false;
  /** `status`: at the beginning of an answer. `head`: inside of an interim one. `over`: what comes is none of ours. */
  #state: 'status' | 'head' | 'over' = 'over';
  /** The beginning of an answer, as long as it may be an interim one. */
  #held = nothing;
  #lineLength = 0;
  /** The first bytes of what is not HTTP/1.1. */
  #first: number[] = [];

  /** To be called before each request, and for each new socket. */
  begin(): void {
    this.interimAnswers = 0;
    this.began = false;
    this.#first = [];
    this.#state = 'status';
    this.#held = nothing;
  }

  /** What was read without the interim answers; empty while it may belong to one. */
  pass(read: Buffer): Buffer {
    if (!this.began || (this.#first.length > 0 && this.#first.length < frameHeadBytes)) this.#note(read);
    let rest = read;
    while (rest.length > 0 && this.#state !== 'over') {
      rest = this.#state === 'status' ? this.#passStatus(rest) : this.#passHead(rest);
    }
    return rest;
  }

  /** What the first bytes are instead of HTTP/1.1. */
  otherProtocol(): 'http2' | 'tls' | null {
    const [first, second, , type, , ...stream] = this.#first;
    const isFrame =
      this.#first.length === frameHeadBytes && first === 0 && stream.every((byte) => byte === 0);
    if (isFrame && firstFrameTypes.has(type)) return 'http2';
    return recordTypes.has(first) && second === 0x03 ? 'tls' : null;
  }

  #note(read: Buffer): void {
    const isHttp1 = !this.began && read[0] === interimStart[0];
    this.began = true;
    if (!isHttp1) this.#first.push(...read.subarray(0, frameHeadBytes - this.#first.length));
  }

  #passStatus(read: Buffer): Buffer {
    // As undici's parser does: line ends before a status line are passed over.
    if (this.#held.length === 0 && isLineEnd(read[0])) return read.subarray(1);
    const bytes = this.#held.length === 0 ? read : Buffer.concat([this.#held, read]);
    if (!mayBeInterim(bytes)) {
      this.#state = 'over';
      return bytes;
    }
    if (bytes.length <= interimStart.length) {
      this.#held = Buffer.from(bytes);
      return nothing;
    }
    this.#held = nothing;
    this.interimAnswers += 1;
    this.#state = 'head';
    this.#lineLength = interimStart.length;
    return bytes.subarray(interimStart.length);
  }

  /** Up to the first empty line. */
  #passHead(read: Buffer): Buffer {
    for (const [index, byte] of read.entries()) {
      if (byte === lineFeed && this.#lineLength === 0) {
        this.#state = 'status';
        return read.subarray(index + 1);
      }
      if (byte === lineFeed) this.#lineLength = 0;
      else if (byte !== carriageReturn) this.#lineLength += 1;
    }
    return nothing;
  }
}

const isLineEnd = (byte: number | undefined) => byte === lineFeed || byte === carriageReturn;

/** False as soon as a byte differs. 101 is no interim answer but the end of HTTP on a connection. */
function mayBeInterim(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, interimStart.length);
  for (let index = 0; index < length; index += 1) {
    if (interimStart[index] !== any && interimStart[index] !== bytes[index]) return false;
  }
  const [tens, ones, next] = bytes.subarray(interimStart.length - 2);
  if (bytes.length < interimStart.length) return true;
  if (!isDigit(tens) || !isDigit(ones) || bytes.toString('latin1', 9, 12) === '101') return false;
  return next === undefined || next === space || isLineEnd(next);
}

const isDigit = (byte = 0) => byte >= 0x30 && byte <= 0x39;
