import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { newSender, receiver, request, sendTo } from './support/sending';

const text = 'Requête acceptée — 日本 '.repeat(40);
const zeros = Buffer.alloc(50_000_000);
const zip = (encoding: string, bytes: string | Buffer): Buffer => {
  const compressions: Record<string, (bytes: string | Buffer) => Buffer> = {
    gzip: gzipSync,
    'x-gzip': gzipSync,
    deflate: deflateSync,
    raw: deflateRawSync,
    br: (plain) => brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
    zstd: zstdCompressSync,
  };
  return compressions[encoding]?.(bytes) ?? Buffer.from(bytes);
};

/** What is shown of a body sent with these headers. */
async function shown(headers: string, body: Buffer, end = false) {
  const { outcome } = await sendTo((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length + (end ? 1 : 0)}\r\n${headers}\r\n`);
    socket.write(body, () => end && socket.end());
  });
  const answer = outcome.kind === 'error' ? outcome.answer : outcome;
  if (answer === undefined || !('body' in answer)) throw new Error(JSON.stringify(outcome));
  return { body: answer.body, truncated: answer.truncated };
}

describe('a body that comes compressed all the same', () => {
  const encodings = ['gzip', 'x-gzip', 'GZIP', 'deflate', 'br', 'zstd'];

  it.each(encodings)('is readable: %s', async (encoding) => {
    const body = zip(encoding.toLowerCase(), text);
    expect(await shown(`Content-Encoding: ${encoding}\r\n`, body)).toEqual({ body: text, truncated: false });
  });

  it('is readable as bare deflate, which many call deflate', async () => {
    expect(await shown('content-encoding: deflate\r\n', zip('raw', text))).toEqual({
      body: text,
      truncated: false,
    });
  });

  it.each([
    ['content-encoding: gzip, br\r\n', zip('br', zip('gzip', text))],
    [
      'content-encoding: deflate\r\ncontent-encoding: identity\r\ncontent-encoding: zstd\r\n',
      zip('zstd', zip('deflate', text)),
    ],
    [
      'content-encoding: gzip, gzip, gzip, gzip\r\n',
      zip('gzip', zip('gzip', zip('gzip', zip('gzip', text)))),
    ],
    ['content-type: text/plain\r\n', zip('gzip', text)],
  ])('is readable in several layers, and without a name: %j', async (headers, body) => {
    expect(await shown(headers, body)).toEqual({ body: text, truncated: false });
  });

  it('is readable with a transfer encoding', async () => {
    const body = zip('gzip', text);
    const { outcome } = await sendTo((socket) => {
      socket.write(
        `HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n${body.length.toString(16)}\r\n`,
      );
      socket.write(body);
      socket.write('\r\n0\r\n\r\n');
    });
    expect(outcome).toMatchObject({ status: 200, body: text, truncated: false });
  });

  it.each(['gzip', 'deflate', 'br', 'zstd'])('costs nothing when it is a bomb: %s', async (encoding) => {
    const bomb = zip(encoding, zeros);
    const used = process.cpuUsage();
    const answer = await shown(`content-encoding: ${encoding}\r\n`, bomb);
    const { user, system } = process.cpuUsage(used);
    expect(answer).toEqual({ body: '\uFFFD'.repeat(5461), truncated: true });
    expect(user + system).toBeLessThan(300_000); // microseconds
  });

  it('costs nothing when it is a bomb in a bomb', async () => {
    const emptyBlocks = Buffer.from('000000ffff'.repeat(6_000_000), 'hex'); // of deflate: they decode to nothing
    const used = process.cpuUsage();
    const twice = zip('gzip', zip('gzip', emptyBlocks));
    const packed = process.cpuUsage(used);
    const answer = await shown('content-encoding: deflate, gzip, gzip\r\n', twice);
    const all = process.cpuUsage(used);
    expect(answer.body).toBe('(compressed with deflate, cannot be read)');
    expect(all.user - packed.user).toBeLessThan(300_000);
  });

  it('asks for no more memory than HTTP allows', async () => {
    const wide = zstdCompressSync(zeros.subarray(0, 1_000_000), {
      params: { [constants.ZSTD_c_windowLog]: 27, [constants.ZSTD_c_contentSizeFlag]: 0 },
    });
    wide[5] = 17 << 3; // the frame's window: 2^27 bytes (RFC 8878, section 3.1.1.1.2)
    wide[4] = 0;
    expect(await shown('content-encoding: zstd\r\n', wide)).toMatchObject({
      body: '(compressed with zstd, cannot be read)',
    });
  });

  it.each([
    ['gzip', zip('gzip', text)],
    ['deflate', zip('deflate', text)],
    ['br', zip('br', text)],
  ])('shows what could be decoded of a cut one: %s', async (encoding, whole) => {
    const { body, truncated } = await shown(
      `content-encoding: ${encoding}\r\n`,
      whole.subarray(0, -12),
      true,
    );
    expect(truncated).toBe(true);
    expect(body.length).toBeGreaterThan(5);
    expect(text.startsWith(body)).toBe(true);
  });

  it('shows what could be decoded before a fault', async () => {
    const broken = Buffer.concat([zip('gzip', text), zip('gzip', text).fill(0x55, 12)]);
    const { body, truncated } = await shown('content-encoding: gzip\r\n', broken);
    expect(body.startsWith(text)).toBe(true);
    expect(truncated).toBe(true);
  });

  const noise = Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 151 + 128) % 256));
  it.each(['gzip', 'br', 'zstd', 'compress', 'aes128gcm', 'gzip, gzip, gzip, gzip, gzip'])(
    'says so when nothing can be read: %s',
    async (encoding) => {
      const name = encoding.split(', ')[0];
      expect(await shown(`content-encoding: ${encoding}\r\n`, noise)).toEqual({
        body: `(compressed with ${name}, cannot be read)`,
        truncated: false,
      });
    },
  );

  it.each(['gzip', 'br', 'zstd', 'utf-8', 'none', 'aws-chunked', '__proto__'])(
    'is shown as it is when it is text and only says %s',
    async (encoding) => {
      expect(await shown(`content-encoding: ${encoding}\r\n`, Buffer.from('{"é":1}'))).toEqual({
        body: '{"é":1}',
        truncated: false,
      });
    },
  );

  it('is nothing when it is empty', async () => {
    expect(await shown('content-encoding: gzip\r\n', Buffer.alloc(0))).toEqual({
      body: '',
      truncated: false,
    });
  });

  it('does not cost the connection', async () => {
    const packed = zip('gzip', 'x'.repeat(100_000));
    const { url, sockets } = await receiver((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${packed.length}\r\n\r\n`);
      socket.write(packed);
    });
    const { sendRequest } = newSender();
    const kept = { status: 200, truncated: true, body: 'x'.repeat(16 * 1024) };
    expect(await sendRequest(request(url))).toMatchObject(kept);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await sendRequest(request(url))).toMatchObject(kept);
    expect(sockets).toHaveLength(1);
  });
});

describe('the charset of a body', () => {
  const latin = (bytes: string) => Buffer.from(bytes, 'latin1');
  const utf16be = (plain: string) => Buffer.from(plain, 'utf16le').swap16();
  const cases: [contentType: string, body: Buffer, shown: string][] = [
    ['text/plain; charset=iso-8859-1', latin('Requ\xeate'), 'Requête'],
    ['text/plain; charset="ISO-8859-1"; q=1', latin('Requ\xeate'), 'Requête'],
    ["text/plain;CHARSET='latin1'", latin('Requ\xeate'), 'Requête'],
    ['text/plain; charset=windows-1252', latin('\x80 \x93a\x94'), '€ “a”'],
    ['text/plain; charset=iso-8859-15', latin('\xa4'), '€'],
    ['text/plain; charset=koi8-r', latin('\xf0\xf2'), 'ПР'],
    ['text/plain; charset=shift_jis', latin('\x93\xfa\x96\x7b'), '日本'],
    ['text/plain; charset=gb18030', latin('\xc4\xe3'), '你'],
    ['text/plain; charset=utf-16', Buffer.from('Requête', 'utf16le'), 'Requête'],
    ['text/plain; charset=utf-16', Buffer.from('\uFEFFRequête', 'utf16le'), 'Requête'],
    ['text/plain; charset=utf-16', utf16be('\uFEFFRequête'), 'Requête'],
    ['text/plain; charset=utf-16be', utf16be('Requête'), 'Requête'],
    ['application/json', Buffer.from('\uFEFF{"é":1}', 'utf16le'), '{"é":1}'],
    ['application/json', Buffer.from('\uFEFF{"é":1}'), '{"é":1}'],
    // What is no text, by its type and by its bytes.
    ['image/png', latin('\x89PNG\r\n\x1a\n'), 'data:image/png;base64,iVBORw0KGgo='],
    ['Application/PDF; x=y', latin('%PDF\0'), 'data:application/pdf;base64,JVBERgA='],
    ['application/octet-stream', Buffer.from('é'), 'é'],
    ['image/svg+xml', Buffer.from('<svg/>'), '<svg/>'],
    ['nonsense', latin('a\0b'), 'a\uFFFDb'],
    ['application/octet-stream', Buffer.from('\uFEFFé', 'utf16le'), 'é'],
    ['text/plain; charset=iso-8859-1', Buffer.from('\uFEFFé'), 'é'],
    ['text/plain; charset=klingon', Buffer.from('é'), 'é'],
    ['text/plain; charset=', Buffer.from('é'), 'é'],
    ['text/plain; charset=iso-2022-kr', Buffer.from('é'), 'é'],
    ['text/plain; charset=utf-8', latin('a\xe9b'), 'a\uFFFDb'],
    ['text/plain; charset=iso-8859-1', latin('a\0b'), 'a\uFFFDb'],
    ['text/plain; charset=utf-16le', Buffer.from([0x00, 0xd8, 0x41, 0x00, 0x00, 0x00]), '\uFFFDA\uFFFD'],
    [
      'text/xml',
      latin('<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe9</a>'),
      '<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>',
    ],
    ['text/html', latin('<html><meta charset=iso-8859-1>\xe9'), '<html><meta charset=iso-8859-1>é'],
    [
      'text/html',
      latin('<meta http-equiv="content-type" content="text/html; charset=latin1">\xe9'),
      '<meta http-equiv="content-type" content="text/html; charset=latin1">é',
    ],
    ['text/html; charset=utf-8', Buffer.from('<meta charset=iso-8859-1>é'), '<meta charset=iso-8859-1>é'],
  ];
  it.each(cases)('%s', async (contentType, body, expected) => {
    expect(await shown(`content-type: ${contentType}\r\n`, body)).toEqual({
      body: expected,
      truncated: false,
    });
  });

  it('is undone after the compression', async () => {
    const body = zip('gzip', latin('Requ\xeate'));
    const headers = 'content-type: text/plain; charset=iso-8859-1\r\ncontent-encoding: gzip\r\n';
    expect(await shown(headers, body)).toEqual({ body: 'Requête', truncated: false });
  });

  it('keeps whole characters where a body is cut, and 16 KiB of them in UTF-8', async () => {
    const headers = (charset: string) => `content-type: text/plain; charset=${charset}\r\n`;
    const wide = await shown(headers('utf-16le'), Buffer.from(`a${'😀'.repeat(10_000)}`, 'utf16le'));
    expect(wide).toEqual({ body: `a${'😀'.repeat(4095)}`, truncated: true });
    const grown = await shown(headers('iso-8859-1'), latin('\xe9'.repeat(16_000)));
    expect(grown).toEqual({ body: 'é'.repeat(8192), truncated: true });
  });
});
