/**
 * A frame is a list of texts: its length in bytes, then each text with its own length (32 bits, big-endian,
 * UTF-8). Payloads and results are JSON already; this way they are not escaped once more.
 */
export type Frame = string[];

const headerBytes = 4;

/** The bytes of one frame. Throws a RangeError when it would be longer than `maxBytes`. */
export function encodeFrame(texts: Frame, maxBytes: number): Buffer {
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const size = lengths.reduce((sum, length) => sum + headerBytes + length, 0);
  if (size > maxBytes) throw new RangeError(`a frame of ${size} bytes is longer than ${maxBytes}`);
  const bytes = Buffer.allocUnsafe(headerBytes + size);
  let offset = bytes.writeUInt32BE(size, 0);
  texts.forEach((text, index) => {
    offset = bytes.writeUInt32BE(lengths[index] ?? 0, offset);
    offset += bytes.write(text, offset);
  });
  return bytes;
}

function decodeFrame(bytes: Buffer): Frame {
  const texts: Frame = [];
  for (let offset = 0; offset < bytes.length; ) {
    const start = offset + headerBytes;
    const end = start + bytes.readUInt32BE(offset);
    if (end > bytes.length) throw new RangeError('a text reaches beyond its frame');
    texts.push(bytes.toString('utf8', start, end));
    offset = end;
  }
  return texts;
}

/** Puts frames together from chunks as a stream delivers them. Throws a RangeError on a malformed frame. */
export class FrameReader {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #buffered = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The frames that this chunk completes. */
  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    const frames: Frame[] = [];
    for (let frame = this.#take(); frame; frame = this.#take()) frames.push(frame);
    return frames;
  }

  #take(): Frame | undefined {
    if (this.#buffered < headerBytes) return undefined;
    const first = this.#front(headerBytes);
    const end = headerBytes + first.readUInt32BE(0);
    if (end - headerBytes > this.#maxBytes) throw new RangeError('a frame is longer than allowed');
    if (this.#buffered < end) return undefined;
    const bytes = this.#front(end);
    this.#chunks[0] = bytes.subarray(end);
    this.#buffered -= end;
    return decodeFrame(bytes.subarray(headerBytes, end));
  }

  /** The first chunk, made at least `size` bytes long. */
  #front(size: number): Buffer {
    const [first] = this.#chunks;
    if (first && first.length >= size) return first;
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }
}
