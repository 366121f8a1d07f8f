import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { answer, flood } from './support/rawReceiver';
import { newSender, receiver, request, sendTo } from './support/sending';

const go = 'HTTP/1.1 100 Continue\r\n\r\n';
const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n';
const busy = 'HTTP/1.1 102 Processing\r\n\r\n';

const passedOver: [what: string, bytes: string][] = [
  ['100', go],
  ['several 100', go.repeat(20)],
  ['100, 102 and 103 mixed', go + hints + busy + go + hints + go],
  ['100 with headers', 'HTTP/1.1 100 Continue\r\nserver: x\r\nx-a: HTTP/1.1 100 y\r\n\r\n'],
  ['100 with a length, which has no body all the same', 'HTTP/1.1 100 Continue\r\ncontent-length: 0\r\n\r\n'],
  ['100 without a reason', 'HTTP/1.1 100 \r\n\r\n'],
  ['100 of HTTP/1.0', 'HTTP/1.0 100 Continue\r\n\r\n'],
  ['100 that closes, which is none of its business', 'HTTP/1.1 100 Continue\r\nconnection: close\r\n\r\n'],
  ['103 that closes', 'HTTP/1.1 103 Early Hints\r\nconnection: close\r\n\r\n'],
  ['100 after line ends', `\r\n\r\n${go}`],
  ['an unknown 1xx and 100', `HTTP/1.1 199 Hm\r\n\r\n${go}`],
];

describe('interim answers that nobody asked for', () => {
  it.each(passedOver)('are passed over: %s', async (_, bytes) => {
    const { outcome, requests } = await sendTo((socket) => socket.write(bytes + answer(200, go)));
    expect(outcome).toMatchObject({ kind: 'response', status: 200, body: go });
    expect(requests).toHaveLength(1);
  });

  it.each(passedOver)('are passed over in segments of one byte: %s', async (_, bytes) => {
    const { outcome, requests } = await sendTo(
      async (socket) => {
        socket.setNoDelay(true);
        for (const byte of bytes + answer(200, 'ok')) {
          socket.write(byte);
          await new Promise(setImmediate);
        }
      },
      { timeoutMs: 4000 },
    );
    expect(outcome).toMatchObject({ kind: 'response', status: 200, body: 'ok' });
    expect(requests).toHaveLength(1);
  });

  it('are passed over on a kept connection', async () => {
    const { url, sockets, requests } = await receiver((socket) => {
      socket.write(go + hints);
      setTimeout(() => socket.write(go + answer(200, 'ok')), 10);
    });
    const { sendRequest } = newSender();
    for (let index = 0; index < 5; index += 1) {
      expect(await sendRequest(request(url))).toMatchObject({ status: 200, body: 'ok' });
      await sleep(20);
    }
    expect(requests).toHaveLength(5);
    expect(sockets).toHaveLength(1);
  });

  it('leave a body alone that looks like them', async () => {
    const { outcome } = await sendTo((socket) => socket.write(answer(200, `\r\n\r\n${go}`)));
    expect(outcome).toMatchObject({ status: 200, body: `\r\n\r\n${go}` });
  });

  it('after an answer end the connection, not the next request', async () => {
    const { url, sockets } = await receiver((socket) => socket.write(answer(200, 'ok') + go));
    const { sendRequest } = newSender();
    for (let index = 0; index < 3; index += 1) {
      expect(await sendRequest(request(url))).toMatchObject({ status: 200, body: 'ok' });
      await sleep(20);
    }
    expect(sockets).toHaveLength(3);
  });

  it.each([
    ['more than 20', (): string => go.repeat(21) + answer(200), 'more than 20 interim answers'],
    ['101 after 100', () => `${go}HTTP/1.1 101 Switching Protocols\r\n\r\n`, 'not a valid HTTP/1.1 answer'],
    ['1000', () => `HTTP/1.1 1000 Hm\r\n\r\n${answer(200)}`, 'not a valid HTTP/1.1 answer'],
  ])('are an invalid answer when %s', async (_, bytes, message) => {
    const { outcome, requests } = await sendTo((socket) => socket.write(bytes()));
    expect(outcome).toMatchObject({
      errorKind: 'response_invalid',
      message: expect.stringContaining(message),
    });
    expect(requests).toHaveLength(1);
  });

  it('without end in their headers are ended', async () => {
    const { outcome, openSockets } = await sendTo((socket) => {
      socket.write('HTTP/1.1 100 Continue\r\n');
      flood(socket, 'x-a: b\r\n'.repeat(1000));
    });
    expect(outcome).toMatchObject({ errorKind: 'response_invalid' });
    await expect.poll(openSockets).toBe(0);
  });

  it('and nothing else are a timeout', async () => {
    const { outcome } = await sendTo((socket) => socket.write(go), { timeoutMs: 200 });
    expect(outcome).toMatchObject({
      errorKind: 'timeout',
      message: 'No complete answer within 200 ms: ended while waiting for the answer.',
    });
    expect(outcome).not.toHaveProperty('answer');
  });
});
