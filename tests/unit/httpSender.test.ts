import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { startFakeDns } from './support/fakeDns';
import { answer, type Behaviour, flood, startReceiver } from './support/rawReceiver';
import { newSender, receiver, request, sendTo, stops } from './support/sending';

describe('an answer', () => {
  it('is asked for with one POST, exactly as given', async () => {
    const { outcome, requests, port } = await sendTo((socket) =>
      socket.write(answer(200, 'ok', 'X-A: 1\r\nset-cookie: a\r\nset-cookie: b\r\n')),
    );
    expect(outcome).toEqual({
      kind: 'response',
      status: 200,
      headers: { 'content-length': '2', 'x-a': '1', 'set-cookie': 'a, b' },
      body: 'ok',
      truncated: false,
      durationMs: expect.any(Number),
    });
    const [head = '', body] = requests[0]?.split('\r\n\r\n') ?? [];
    expect(requests).toHaveLength(1);
    expect(body).toBe(Buffer.from('{"é":1}').toString('latin1'));
    expect(head.split('\r\n').sort()).toEqual(
      [
        'POST /hook HTTP/1.1',
        `host: 127.0.0.1:${port}`,
        'connection: keep-alive',
        'Content-Type: application/json',
        'X-Custom: value',
        'content-length: 8',
      ].sort(),
    );
  });

  it.each([200, 201, 204, 299, 300, 304, 400, 404, 410, 429, 500, 503, 599])(
    'of %i is returned',
    async (status) => {
      const { outcome } = await sendTo((socket) => socket.write(answer(status)));
      expect(outcome).toMatchObject({ kind: 'response', status });
    },
  );

  it('that redirects is not followed', async () => {
    const elsewhere = await receiver((socket) => socket.write(answer(200)));
    for (const status of [301, 302, 303, 307, 308]) {
      const { outcome } = await sendTo((socket) =>
        socket.write(answer(status, '', `location: ${elsewhere.url}\r\n`)),
      );
      expect(outcome).toMatchObject({ status, headers: { location: elsewhere.url } });
    }
    expect(elsewhere.sockets).toHaveLength(0);
  });

  it('may be preceded by a few 103', async () => {
    const { outcome } = await sendTo((socket) =>
      socket.write(`HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${answer(200, 'ok')}`),
    );
    expect(outcome).toMatchObject({ status: 200, body: 'ok', headers: { 'content-length': '2' } });
  });

  it('of 10 MB is cut at 16 KiB and its connection closed', async () => {
    const body = 'x'.repeat(10 * 1024 * 1024);
    const { outcome, openSockets } = await sendTo((socket) => socket.write(answer(200, body)));
    expect(outcome).toMatchObject({ status: 200, truncated: true, body: 'x'.repeat(16 * 1024) });
    await expect.poll(openSockets).toBe(0);
  });

  it('that never ends is cut at 16 KiB', async () => {
    const { outcome, tookMs } = await sendTo((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      flood(socket, `1000\r\n${'y'.repeat(4096)}\r\n`);
    });
    expect(outcome).toMatchObject({ status: 200, truncated: true, body: 'y'.repeat(16 * 1024) });
    expect(tookMs).toBeLessThan(500);
  });

  it.each([
    [16 * 1024, false],
    [16 * 1024 + 1, true],
  ])('of %i bytes: truncated %s', async (length, truncated) => {
    const { outcome } = await sendTo((socket) => socket.write(answer(200, 'x'.repeat(length))));
    expect(outcome).toMatchObject({ truncated, body: 'x'.repeat(16 * 1024) });
  });

  it('is kept as text that the database takes', async () => {
    const hostile = Buffer.concat([
      Buffer.from('a\0b'),
      Buffer.from([0xff, 0xed, 0xa0, 0x80]),
      Buffer.from('é'),
    ]);
    const { outcome } = await sendTo((socket) => {
      socket.write(
        `HTTP/1.1 200 OK\r\nx-latin: \xe9\r\n__proto__: x\r\ncontent-length: ${hostile.length}\r\n\r\n`,
        'latin1',
      );
      socket.write(hostile);
    });
    expect(outcome.kind === 'response' && outcome.body).toMatch(/^a\uFFFDb\uFFFD+é$/);
    expect(JSON.stringify(outcome)).not.toContain('\\u0000');
  });

  it('cut inside a character keeps whole characters', async () => {
    const { outcome } = await sendTo((socket) => socket.write(answer(200, `x${'é'.repeat(20_000)}`)));
    expect(outcome).toMatchObject({ truncated: true, body: `x${'é'.repeat(8191)}` });
  });

  it('without a length ends with its connection', async () => {
    const { outcome } = await sendTo((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nhello'));
    expect(outcome).toMatchObject({ status: 200, body: 'hello' });
  });
});

describe('the deadline', () => {
  const every = (
    ms: number,
    write: () => void,
    socket: { on(event: 'close', listener: () => void): unknown },
  ) => {
    const timer = setInterval(write, ms);
    socket.on('close', () => clearInterval(timer));
  };
  const slowness: [string, Behaviour][] = [
    ['never answers', () => {}],
    [
      'trickles its headers',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        every(20, () => socket.write('x'), socket);
      },
    ],
    [
      'drips one byte of body at a time',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
        every(20, () => socket.write('x'), socket);
      },
    ],
    [
      'sends 103 without end',
      (socket) => every(30, () => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), socket),
    ],
    [
      'stops in the middle of the body',
      (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhel'),
    ],
  ];

  for (const [name, behaviour] of slowness) {
    it.each(name === 'never answers' ? [300, 1200] : [300])(
      `ends a receiver that ${name}, at %i ms`,
      async (timeoutMs) => {
        const { outcome, tookMs, openSockets } = await sendTo(behaviour, { timeoutMs });
        expect(outcome).toMatchObject({
          kind: 'error',
          errorKind: 'timeout',
          message: expect.stringContaining(`No complete answer within ${timeoutMs} ms`),
        });
        expect(tookMs).toBeGreaterThanOrEqual(timeoutMs - 5);
        expect(tookMs).toBeLessThan(timeoutMs + 200);
        await expect.poll(openSockets).toBe(0);
      },
    );
  }

  it('counts DNS: a silent name ends at the timeout', async () => {
    const dns = await startFakeDns(() => 'silent');
    stops.push(dns.stop);
    const startedAt = performance.now();
    const outcome = await newSender(dns.resolve).sendRequest(
      request('http://silent.example.com/', { timeoutMs: 400 }),
    );
    expect(outcome).toMatchObject({ kind: 'error', errorKind: 'timeout' });
    expect(performance.now() - startedAt).toBeLessThan(600);
  });

  it('is not waited for when only the question about IPv6 stays unanswered', async () => {
    const dns = await startFakeDns((_, type) => (type === 'A' ? ['127.0.0.1'] : 'silent'));
    stops.push(dns.stop);
    const { port } = await receiver((socket) => socket.write(answer(200)));
    const outcome = await newSender(dns.resolve).sendRequest(request(`http://half.example.com:${port}/`));
    expect(outcome).toMatchObject({ status: 200 });
  });

  it('of one request does not touch another one', async () => {
    const { url } = await receiver((socket, { text }) => {
      if (text.includes('/fast')) socket.write(answer(200, 'fast'));
    });
    const { sendRequest } = newSender();
    const slow = sendRequest(request(url, { timeoutMs: 500 }));
    const fast = await Promise.all(
      Array.from({ length: 20 }, () =>
        sendRequest(request(url.replace('/hook', '/fast'), { timeoutMs: 500 })),
      ),
    );
    for (const outcome of fast) expect(outcome).toMatchObject({ status: 200, body: 'fast' });
    expect(await slow).toMatchObject({ errorKind: 'timeout' });
  });
});

describe('a broken receiver', () => {
  const brokenness: [string, string, Behaviour][] = [
    ['resets without an answer', 'connection_reset', (socket) => socket.resetAndDestroy()],
    ['closes without an answer', 'connection_reset', (socket) => socket.end()],
    [
      'resets in the middle of the body',
      'connection_reset',
      (socket) =>
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhel', () => socket.resetAndDestroy()),
    ],
    [
      'closes in the middle of the body',
      'connection_reset',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhel'),
    ],
    [
      'closes in the middle of a chunk',
      'connection_reset',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhel'),
    ],
    [
      'closes in the middle of the headers',
      'connection_reset',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nx-a: 1'),
    ],
    ['speaks another protocol', 'response_invalid', (socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n')],
    ['answers garbage', 'response_invalid', (socket) => socket.write(Buffer.alloc(4096, 0x81))],
    [
      'sends 40 KB of headers',
      'response_invalid',
      (socket) => socket.write(answer(200, '', `x-long: ${'x'.repeat(40_000)}\r\n`)),
    ],
    [
      'sends headers without end',
      'response_invalid',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        for (let index = 0; index < 2000; index += 1) socket.write(`x-${index}: ${'x'.repeat(20)}\r\n`);
      },
    ],
    [
      'switches protocols',
      'response_invalid',
      (socket) =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'),
    ],
    [
      'ends its last chunk early',
      'connection_reset',
      (socket) =>
        socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhel'),
    ],
    [
      'announces more than it sends',
      'connection_reset',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 9\r\n\r\nhel'),
    ],
  ];

  for (const [name, errorKind, behaviour] of brokenness) {
    it(`that ${name} is ${errorKind}`, async () => {
      const { outcome, requests } = await sendTo(behaviour);
      expect(outcome).toMatchObject({ kind: 'error', errorKind });
      expect(requests).toHaveLength(1);
    });
  }

  it('that closes every connection at once does not keep us busy', async () => {
    const { url, sockets } = await receiver(() => {});
    const { sendRequest } = newSender();
    const closing = setInterval(() => {
      for (const socket of sockets) socket.destroy();
    }, 1);
    const outcome = await sendRequest(request(url));
    clearInterval(closing);
    expect(outcome).toMatchObject({ kind: 'error', errorKind: 'connection_reset' });
    expect(sockets.length).toBeLessThanOrEqual(3);
  });

  it('that refuses connections is connection_refused', async () => {
    const { url, stop } = await startReceiver(() => {});
    await stop();
    const outcome = await newSender().sendRequest(request(url));
    expect(outcome).toMatchObject({
      errorKind: 'connection_refused',
      message: 'The receiver refused the connection.',
    });
  });
});

describe('a head without all of its body', () => {
  const part = 'HTTP/1.1 503 X\r\nretry-after: 7\r\ncontent-length: 9\r\n\r\nh\xc3\xa9l';
  const chunkedPart =
    'HTTP/1.1 503 X\r\nretry-after: 7\r\ntransfer-encoding: chunked\r\n\r\n4\r\nh\xc3\xa9l\r\n';
  const packed = gzipSync('hél');
  const losses: [what: string, errorKind: string, behaviour: Behaviour][] = [
    ['stops', 'timeout', (socket) => socket.write(part, 'latin1')],
    ['resets', 'connection_reset', (socket) => socket.write(part, 'latin1', () => socket.resetAndDestroy())],
    ['closes', 'connection_reset', (socket) => socket.end(part, 'latin1')],
    [
      'closes as announced',
      'connection_reset',
      (socket) => socket.end(part.replace('\r\n', '\r\nconnection: close\r\n'), 'latin1'),
    ],
    ['closes between chunks', 'connection_reset', (socket) => socket.end(chunkedPart, 'latin1')],
    ['breaks a chunk', 'response_invalid', (socket) => socket.write(`${chunkedPart}zz\r\n`, 'latin1')],
    [
      'floods trailers',
      'response_invalid',
      (socket) => {
        socket.write(`${chunkedPart}0\r\n`, 'latin1');
        flood(socket, 'x-a: b\r\n'.repeat(1000));
      },
    ],
    [
      'stops after compressed bytes',
      'timeout',
      (socket) => {
        socket.write(
          'HTTP/1.1 503 X\r\nretry-after: 7\r\ncontent-encoding: gzip\r\ncontent-length: 99\r\n\r\n',
        );
        socket.write(packed);
      },
    ],
  ];
  it.each(losses)('keeps what came when the receiver %s: %s', async (_, errorKind, behaviour) => {
    const { outcome, requests } = await sendTo(behaviour, { timeoutMs: 300 });
    expect(outcome).toMatchObject({
      kind: 'error',
      errorKind,
      answer: { status: 503, headers: { 'retry-after': '7' }, body: 'hél', truncated: true },
    });
    expect(requests).toHaveLength(1);
  });

  it('keeps a head alone, also on a kept connection', async () => {
    const { url, requests } = await receiver((socket, { nth }) => {
      if (nth === 1) socket.write(answer(200));
      else socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n');
    });
    const { sendRequest } = newSender();
    await sendRequest(request(url));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await sendRequest(request(url))).toMatchObject({
      errorKind: 'connection_reset',
      answer: { status: 200, body: '', truncated: true },
    });
    expect(requests).toHaveLength(2);
  });

  it.each([
    ['no byte', ''],
    ['half of a head', 'HTTP/1.1 200 OK\r\nx-a: 1'],
  ])('has no answer with %s', async (_, bytes) => {
    const { outcome } = await sendTo((socket) => socket.end(bytes));
    expect(outcome).toMatchObject({ kind: 'error', errorKind: 'connection_reset' });
    expect(outcome).not.toHaveProperty('answer');
  });
});

describe('a request that cannot be built', () => {
  it.each([
    [{ url: 'http://' }, 'request_invalid'],
    [{ url: 'ftp://example.com/' }, 'request_invalid'],
    [{ headers: { 'X-A': 'a\r\nX-B: b' } }, 'request_invalid'],
    [{ headers: { 'X A': 'a' } }, 'request_invalid'],
    [{ headers: { 'Transfer-Encoding': 'chunked' } }, 'request_invalid'],
  ])('%j is %s', async (changes, errorKind) => {
    const { url, requests } = await receiver((socket) => socket.write(answer(200)));
    expect(await newSender().sendRequest(request(url, changes))).toMatchObject({ kind: 'error', errorKind });
    expect(requests).toHaveLength(0);
  });
});
