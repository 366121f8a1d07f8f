/** Up to the status code's last two digits; the digit in the version is free. */
const statusLine = Buffer.from('HTTP/1.x 1');
const anyDigitAt = statusLine.indexOf('x');
const [digit0, digit1, digit2, lineFeed, carriageReturn] = Buffer.from('012\n\r');
/** A frame of HTTP/2 (RFC 9113, section 4.1): 3 bytes length, type, flags, 4 bytes stream. */
const frameHeadBytes = 9;
const firstFrameTypes: ReadonlySet<number | undefined> = new Set([0x04, 0x07]); // SETTINGS, GOAWAY
const recordTypes: ReadonlySet<number | undefined> = new Set([0x15, 0x16]); // alert, handshake (RFC 8446, section 5.1)

/**
 * Watches the bytes of an answer from its first one until the final head begins, and makes each unasked
 * `100 Continue` a `102`: undici takes a 100 for an attack, while RFC 9110, section 15.2, has every interim answer
 * that nobody asked for passed over. All else, faults included, is left to undici's parser.
 */
export class AnswerStart {
  /** `head`: inside of an interim answer, after its status. `over`: what comes is none of ours. */
  #state: 'status' | 'head' | 'over' = 'over';
  /** Bytes of the status line that matched so far. */
  #matched = 0;
  #tens: number | undefined;
  #lineLength = 0;
  #first: number[] = [];

  /** To be called before each request. */
  begin(): void {
    this.#first = [];
    this.#expectStatus();
  }

  /** Takes what was read, and changes it in place. */
  read(chunk: Buffer): void {
    for (let index = 0; index < chunk.length && this.#first.length < frameHeadBytes; index += 1) {
      this.#first.push(chunk[index] ?? 0);
    }
    for (let index = 0; index < chunk.length && this.#state !== 'over'; index += 1) {
      if (this.#state === 'status') this.#readStatus(chunk, index);
      else this.#readHead(chunk[index]);
    }
  }

  /** What the first bytes are instead of HTTP/1.1. */
  otherProtocol(): 'http2' | 'tls' | null {
    const [first, second, , type, , ...stream] = this.#first;
    const isFrame =
      this.#first.length === frameHeadBytes && first === 0 && stream.every((byte) => byte === 0);
    if (isFrame && firstFrameTypes.has(type)) return 'http2';
    return recordTypes.has(first) && second === 0x03 ? 'tls' : null;
  }

  #expectStatus(): void {
    this.#state = 'status';
    this.#matched = 0;
  }

  #readStatus(chunk: Buffer, index: number): void {
    const byte = chunk[index];
    const position = this.#matched;
    // As undici's parser does: line ends before a status line are passed over.
    if (position === 0 && (byte === carriageReturn || byte === lineFeed)) return;
    this.#matched += 1;
    if (position < statusLine.length) {
      if (position !== anyDigitAt && byte !== statusLine[position]) this.#state = 'over';
    } else if (position === statusLine.length) {
      this.#tens = byte;
    } else {
      this.#endStatus(chunk, index);
    }
  }

  /** 101 is no interim answer but the end of HTTP on this connection. */
  #endStatus(chunk: Buffer, index: number): void {
    const ones = chunk[index];
    this.#state = this.#tens === digit0 && ones === digit1 ? 'over' : 'head';
    this.#lineLength = 1;
    if (this.#tens === digit0 && ones === digit0) chunk[index] = digit2 ?? 0;
  }

  #readHead(byte: number | undefined): void {
    if (byte === carriageReturn) return;
    if (byte !== lineFeed) this.#lineLength += 1;
    else if (this.#lineLength === 0) this.#expectStatus();
    else this.#lineLength = 0;
  }
}
