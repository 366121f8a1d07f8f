import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';
import { binaryBodyText } from '@/lib/domain/binaryBody';
import { storableText } from '@/lib/domain/storableText';

/** Most of an answer's body that is read and kept, in bytes; as text in UTF-8 too. */
export const maxBodyBytes = 16 * 1024;

/** Encodings on top of each other that are undone: one is usual, two are a mistake. */
const maxEncodings = 4;
/** Milliseconds for undoing one: it takes less than one, unless the machine has no thread for it. */
const decodingMs = 1000;
/** 8 MiB of window, which is what HTTP allows (RFC 9659): a frame of some bytes could ask for more. */
const zstdWindowLog = 23;

type Body = { bytes: Buffer; truncated: boolean };

/**
 * The part of an answer's body that came, as text that people can read: encodings undone although we asked for none,
 * and the charset of the answer respected. Costs no more for a body that unpacks to gigabytes than for any other.
 * Never throws: what cannot be read says so. What is no text is kept as bytes, in a data URL.
 * @param received.bytes the body or its beginning; `truncated` when there is more
 * @param headers names in lower case
 */
export async function readableBody(
  received: Body,
  headers: Record<string, string>,
): Promise<{ body: string; truncated: boolean }> {
  let current: Body = { bytes: received.bytes.subarray(0, maxBodyBytes), truncated: received.truncated };
  const encodings = current.bytes.length === 0 ? [] : encodingsOf(headers, current.bytes);
  for (const [index, encoding] of encodings.entries()) {
    const decoded = index < maxEncodings ? await decode(encoding, current.bytes) : null;
    if (decoded) {
      current = { bytes: decoded.bytes, truncated: current.truncated || decoded.truncated };
    } else if (!isText(current.bytes)) {
      return {
        body: `(compressed with ${storableText(encoding, 40)}, cannot be read)`,
        truncated: received.truncated,
      };
    }
  }
  const contentType = headers['content-type'] ?? '';
  const binaryType = binaryTypeOf(current.bytes, contentType);
  return binaryType ? bytesOf(current, binaryType) : textOf(current, contentType);
}

/** The encodings to undo, the outermost first (RFC 9110, section 8.4; RFC 9112, section 7). */
function encodingsOf(headers: Record<string, string>, bytes: Buffer): string[] {
  const lists = [headers['content-encoding'], headers['transfer-encoding']];
  const named = lists.flatMap((list) => (list === undefined ? [] : encodingsIn(list)));
  const isUnnamedGzip =
    named.length === 0 && bytes[0] === gzipStart[0] && bytes.subarray(0, 3).equals(gzipStart);
  return isUnnamedGzip ? ['gzip'] : named.reverse();
}

const encodingsIn = (list: string) =>
  list
    .toLowerCase()
    .split(',')
    .map((encoding) => encoding.trim().replace(/^x-/, ''))
    .filter((encoding) => !['', 'identity', 'chunked'].includes(encoding));

const gzipStart = Buffer.of(0x1f, 0x8b, 0x08);

/** What could be decoded up to 16 KiB; null when nothing could, or the encoding is not known. */
async function decode(encoding: string, bytes: Buffer): Promise<Body | null> {
  switch (encoding) {
    case 'gzip':
      return await decodedBy(createGunzip(), bytes);
    case 'deflate': {
      // Meant is zlib's format (RFC 9110, section 8.4.1.2); many send the bare one.
      const inZlib = isZlib(bytes) ? await decodedBy(createInflate(), bytes) : null;
      return inZlib ?? (await decodedBy(createInflateRaw(), bytes));
    }
    case 'br':
      return await decodedBy(createBrotliDecompress(), bytes);
    case 'zstd':
      return await decodedBy(
        createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: zstdWindowLog } }),
        bytes,
      );
    default:
      return null;
  }
}

const isZlib = (bytes: Buffer) =>
  bytes.length > 1 && ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;

/** Ends a decoder as soon as it brought enough, failed, or took too long. */
function decodedBy(decoder: ReturnType<typeof createGunzip | typeof createZstdDecompress>, bytes: Buffer) {
  return new Promise<Body | null>((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (isWhole: boolean) => {
      clearTimeout(timer);
      decoder.destroy();
      const truncated = !isWhole || size > maxBodyBytes;
      const isNothing = size === 0 && !isWhole;
      resolve(isNothing ? null : { bytes: Buffer.concat(chunks).subarray(0, maxBodyBytes), truncated });
    };
    const timer = setTimeout(() => end(false), decodingMs);
    decoder.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBodyBytes) end(false);
    });
    decoder.once('end', () => end(true));
    decoder.on('error', () => end(false));
    decoder.end(bytes);
  });
}

/** True for bytes that people can read as they are: a wrong name of an encoding, or of none. */
function isText(bytes: Buffer): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what tells compressed bytes from text.
    return !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text);
  } catch {
    return false;
  }
}

/** Types whose answers are read as text whatever is in them; so are those that say a charset. */
const textTypes = /^text\/|json|xml|javascript|x-www-form-urlencoded|charset=/i;
const mediaType = /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/;

/** The media type of an answer that is no text by what it says of itself and by its bytes; else null. */
function binaryTypeOf(bytes: Buffer, contentType: string): string | null {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (bytes.length === 0 || textTypes.test(contentType) || !mediaType.test(type) || isText(bytes))
    return null;
  // Two bytes a character: a byte order mark says so.
  return /^utf-16/.test(charsetOf(bytes, contentType)) ? null : type;
}

/** Of so many bytes a data URL is as long as a text may be. */
const mostBytes = 12_000;

function bytesOf({ bytes, truncated }: Body, type: string): { body: string; truncated: boolean } {
  const kept = Uint8Array.from(bytes.subarray(0, mostBytes));
  return { body: binaryBodyText({ type, bytes: kept }), truncated: truncated || bytes.length > mostBytes };
}

const wholeUtf8 = new TextDecoder();
const utf8Room = new Uint8Array(maxBodyBytes);

function textOf({ bytes, truncated }: Body, contentType: string): { body: string; truncated: boolean } {
  const charset = charsetOf(bytes, contentType);
  // With `stream`, a character that the cut divides is left out instead of turning into U+FFFD.
  const text =
    charset === 'utf-8' && !truncated
      ? wholeUtf8.decode(bytes)
      : decoderOf(charset).decode(bytes, { stream: truncated });
  const body = storableText(text);
  if (body.length * 3 <= maxBodyBytes) return { body, truncated };
  const { read } = new TextEncoder().encodeInto(body, utf8Room);
  return { body: body.slice(0, read), truncated: truncated || read < body.length };
}

/** A byte order mark goes before the header, the header before what the text says of itself (WHATWG Encoding, 6). */
function charsetOf(bytes: Buffer, contentType: string): string {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  const inHeader = /;\s*charset\s*=\s*["']?([^\s;"']+)/i.exec(contentType)?.[1];
  return (inHeader ?? charsetInside(bytes) ?? 'utf-8').toLowerCase();
}

/** What an XML declaration or an HTML `meta` names. */
function charsetInside(bytes: Buffer): string | undefined {
  if (bytes[0] !== 0x3c) return undefined;
  const start = bytes.toString('latin1', 0, 1024);
  const inside =
    /^<\?xml[^>]*\sencoding\s*=\s*["']([\w-]+)|<meta[^>]*\scharset\s*=\s*["']?([\w-]+)|<meta[^>]*;\s*charset=([\w-]+)/i;
  const [, inXml, inMeta, inEquivalent] = inside.exec(start) ?? [];
  const named = inXml ?? inMeta ?? inEquivalent;
  // What could be read so far is no UTF-16, whatever it says.
  return named === undefined || /^utf-?16/i.test(named) ? undefined : named;
}

/** An unknown charset is taken for UTF-8. */
function decoderOf(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}
