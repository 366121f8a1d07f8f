import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { SendRequest } from '@/lib/sender/send';
import { answer, type Behaviour, flood } from './support/rawReceiver';
import { newSender, policy, receiver, request, sendTo } from './support/sending';

const interim = 'HTTP/1.1 103 Early Hints\r\n';
const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';

describe('a flood outside of the body', () => {
  const floods: [string, first: string, endless: string][] = [
    ['interim answers', '', `${interim}\r\n`.repeat(1000)],
    ['interim answers of 900 headers', '', `${interim}${'a: b\r\n'.repeat(900)}\r\n`],
    ['interim answers of 15 KB', '', `${interim}x: ${'a'.repeat(15_000)}\r\n\r\n`],
    ['a reason phrase', 'HTTP/1.1 200 ', 'a'.repeat(65_536)],
    ['blank lines', '', '\r\n'.repeat(32_768)],
    ['a chunk extension', `${chunked}5;`, 'a'.repeat(65_536)],
    ['a chunk size', chunked, '0'.repeat(65_536)],
    ['trailers', `${chunked}2\r\nok\r\n0\r\n`, 'x-a: b\r\n'.repeat(1000)],
  ];

  for (const [name, first, endless] of floods) {
    it(`of ${name} is response_invalid and ends the connection`, async () => {
      const { outcome, openSockets } = await sendTo((socket) => {
        socket.write(first);
        flood(socket, endless);
      });
      expect(outcome).toMatchObject({ kind: 'error', errorKind: 'response_invalid' });
      await expect.poll(openSockets).toBe(0);
    });
  }

  it('ends a kept connection as well', async () => {
    const { url, openSockets } = await receiver((socket) => {
      socket.write(answer(200));
      setTimeout(() => flood(socket, '\r\n'.repeat(32_768)), 20);
    });
    expect(await newSender().sendRequest(request(url))).toMatchObject({ status: 200 });
    await expect.poll(openSockets).toBe(0);
  });

  it.each([
    [20, { kind: 'response', status: 200, body: 'ok' }],
    [21, { errorKind: 'response_invalid', message: expect.stringContaining('more than 20 interim answers') }],
  ])('begins after 20 interim answers: %i', async (count, expected) => {
    const { outcome } = await sendTo((socket) =>
      socket.write(`${interim}\r\n`.repeat(count) + answer(200, 'ok')),
    );
    expect(outcome).toMatchObject(expected);
  });

  it('is counted for each request of a connection, not for all of them', async () => {
    const { url, sockets } = await receiver((socket) =>
      socket.write(answer(200, 'x'.repeat(16_000), `x-a: ${'a'.repeat(16_000)}\r\n`)),
    );
    const { sendRequest } = newSender();
    for (let index = 0; index < 12; index += 1) {
      expect(await sendRequest(request(url))).toMatchObject({ status: 200, truncated: false });
      await sleep(20);
    }
    expect(sockets).toHaveLength(1);
  });

  it('is not what an endless body is, in chunks of one byte either', async () => {
    const { outcome } = await sendTo((socket) => {
      socket.write(chunked);
      flood(socket, '1\r\na\r\n'.repeat(10_000));
    });
    expect(outcome).toMatchObject({ status: 200, truncated: true, body: 'a'.repeat(16 * 1024) });
  });
});

describe('an answer whose head is not HTTP', () => {
  const heads: [string, string][] = [
    ['status 000', 'HTTP/1.1 000 X\r\ncontent-length: 0\r\n\r\n'],
    ['status 101 without an upgrade', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 5\r\n\r\nok'],
    ['one length twice', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nok'],
    ['a list of lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2, 2\r\n\r\nok'],
    ['a length that overflows', `HTTP/1.1 200 OK\r\ncontent-length: ${'9'.repeat(23)}\r\n\r\nok`],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    ],
  ];
  it.each(heads)('is response_invalid: %s', async (_, head) => {
    const { outcome, requests } = await sendTo((socket) => socket.write(head));
    expect(outcome).toMatchObject({
      errorKind: 'response_invalid',
      message: 'The receiver sent something that is not a valid HTTP/1.1 answer.',
    });
    expect(requests).toHaveLength(1);
  });

  it('is not what a cut body is', async () => {
    const { outcome } = await sendTo((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 9\r\n\r\nhel'),
    );
    expect(outcome).toMatchObject({
      errorKind: 'connection_reset',
      message: "The receiver's answer does not have the length that it announced.",
    });
  });
});

describe('a thousand requests against hostile receivers', () => {
  it('end each as an outcome within the deadline', { timeout: 30_000 }, async () => {
    const bytes = [
      'HTTP/1.1 ',
      '200 OK\r\n',
      '103 X\r\n\r\n',
      'content-length: 3\r\n',
      '\r\n',
      'abc',
      '\0',
      'é',
      '0\r\n\r\n',
    ];
    const extras = [
      'transfer-encoding: chunked\r\n',
      'connection: upgrade\r\n',
      'trailer: x\r\n',
      '5\r\nhello\r\n',
    ];
    const words = [...bytes, ...extras];
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    const { url } = await receiver((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      for (let count = random(12); count > 0; count -= 1) socket.write(words[random(words.length)] ?? '');
      const ending = random(3);
      if (ending === 1) socket.end();
      else if (ending === 2) socket.resetAndDestroy();
    });
    const { sendRequest } = newSender();
    for (let batch = 0; batch < 10; batch += 1) {
      const sent = Array.from({ length: 100 }, () => sendRequest(request(url, { timeoutMs: 300 })));
      for (const outcome of await Promise.all(sent)) expect(outcome.durationMs).toBeLessThan(800);
    }
  });
});

describe('what hostile receivers leave behind', () => {
  const endings: [string, Behaviour][] = [
    ['silence', () => {}],
    ['a reset', (socket) => socket.resetAndDestroy()],
    ['a close', (socket) => socket.end()],
    ['garbage', (socket) => socket.write('garbage')],
    ['a cut body', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhel')],
    ['an endless body', (socket) => flood(socket, 'HTTP/1.1 200 OK\r\n\r\n')],
    ['interim answers', (socket) => flood(socket, 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(50))],
    [
      'a cut compression',
      (socket) => socket.write(answer(200, '\x1f\x8b\x08', 'content-encoding: gzip\r\n')),
    ],
    ['an answer', (socket) => socket.write(answer(200))],
  ];

  it('is neither a socket nor a timer', { timeout: 30_000 }, async () => {
    const receivers = await Promise.all(endings.map(([, behaviour]) => receiver(behaviour)));
    const plain = receivers.map(({ url }) => url);
    const overTls = plain.map((url) => url.replace('http:', 'https:'));
    const unresolved = ['http://a.invalid/', 'http://10.0.0.1/', 'http://localhost:1024/', 'nonsense'];
    const urls = [...plain, ...overTls, ...unresolved];
    const sender = newSender();
    const held = (kinds: RegExp) => process.getActiveResourcesInfo().filter((kind) => kinds.test(kind));
    const timersBefore = held(/^Timeout/).length;
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(urls.map((url) => sender.sendRequest(request(url, { timeoutMs: 300 }))));
    }
    await Promise.all(urls.map((url) => sender.probeUrl(url, policy)));
    await sender.close();
    for (const { sockets } of receivers) for (const socket of sockets) socket.destroy();
    await expect
      .poll(() => held(/^(TCPSocket|TCPConnect|TLS|Zlib|Brotli|Zstd)/), { timeout: 10_000 })
      .toEqual([]);
    // What the test itself waits with is one or two.
    expect(held(/^Timeout/).length).toBeLessThanOrEqual(timersBefore + 2);
  });
});

describe('whatever is thrown', () => {
  const thrown = [new Error('x'), new TypeError('x'), 'x', null, undefined, { code: 7 }, Object.create(null)];
  it.each(thrown.map((value) => [value]))('while resolving is an outcome: %o', async (value) => {
    const sender = newSender(() => Promise.reject(value));
    const url = 'http://a.example.com/';
    expect(await sender.sendRequest(request(url))).toMatchObject({
      kind: 'error',
      durationMs: expect.any(Number),
    });
    expect(await sender.probeUrl(url, policy)).toMatchObject({ reachable: false });
    const atOnce = newSender(() => {
      throw value;
    });
    expect(await atOnce.sendRequest(request(url))).toMatchObject({ kind: 'error' });
  });

  it.each([
    ['a header of another type', { headers: { a: Symbol('x') } }],
    ['a body of another type', { body: 7 }],
    ['a time-out that is none', { timeoutMs: Number.NaN }],
    ['a URL that is none', { url: null }],
    ['a lone surrogate', { headers: { a: '\ud800' } }],
  ])('over %s is an outcome', async (_, changes) => {
    const { url } = await receiver(() => {});
    const broken: SendRequest = Object.assign(request(url, { timeoutMs: 300 }), changes);
    expect(await newSender().sendRequest(broken)).toMatchObject({ kind: 'error' });
  });
});
