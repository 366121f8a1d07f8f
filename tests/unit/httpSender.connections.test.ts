import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { answer } from './support/rawReceiver';
import { newSender, receiver, request } from './support/sending';

/** Longer than a kept connection must be idle before it may be taken again. */
const rest = () => sleep(20);

describe('connections', () => {
  it('are reused one after the other, once they have rested', async () => {
    const { url, sockets, requests } = await receiver((socket) => socket.write(answer(200, 'ok')));
    const { sendRequest } = newSender();
    for (let index = 0; index < 20; index += 1) {
      expect(await sendRequest(request(url))).toMatchObject({ status: 200 });
      await rest();
    }
    expect(requests).toHaveLength(20);
    expect(sockets).toHaveLength(1);
  });

  it.each([
    [answer(200, 'unasked'), 0],
    [answer(200, 'unasked'), 20],
    ['garbage', 0],
    ['garbage', 20],
  ])('do not take %j for the next answer, after %i busy ms', async (unasked, busyMs) => {
    const { url, sockets, openSockets } = await receiver((socket, { text }) =>
      socket.write(answer(200, text.split('\r\n\r\n')[1])),
    );
    const { sendRequest } = newSender();
    for (let index = 0; index < 10; index += 1) {
      expect(await sendRequest(request(url, { body: `${index}` }))).toMatchObject({ body: `${index}` });
      // Sent before the next request starts, and not read by then: the event loop did not turn.
      sockets.at(-1)?.write(unasked);
      const until = performance.now() + busyMs;
      while (performance.now() < until);
    }
    await expect.poll(openSockets).toBe(0);
  });

  it('are taken in the order in which they became idle', async () => {
    const used: string[] = [];
    const { url, sockets } = await receiver((socket, { text }) => {
      used.push(`${text.split('\r\n\r\n')[1]} on ${sockets.indexOf(socket)}`);
      setTimeout(() => socket.write(answer(200)), text.endsWith('slow') ? 50 : 0);
    });
    const { sendRequest } = newSender();
    await Promise.all(['slow', 'fast'].map((body) => sendRequest(request(url, { body }))));
    await rest();
    await sendRequest(request(url, { body: 'next' }));
    const fast = used.find((use) => use.startsWith('fast'));
    expect(used[2]).toBe(fast?.replace('fast', 'next'));
  });

  it('stay few while 16 requests at once go to one receiver', async () => {
    const { url, sockets, requests } = await receiver((socket) =>
      setTimeout(() => socket.write(answer(200)), 10),
    );
    const { sendRequest } = newSender();
    const inTurn = async () => {
      for (let index = 0; index < 20; index += 1) await sendRequest(request(url));
    };
    await Promise.all(Array.from({ length: 16 }, inTurn));
    expect(requests).toHaveLength(320);
    expect(sockets.length).toBeLessThanOrEqual(64);
  });

  it('are as many as requests at one moment, and at most 1024 stay open', async () => {
    const slow = () => receiver((socket) => setTimeout(() => socket.write(answer(200)), 500));
    const receivers = [await slow(), await slow(), await slow()];
    const { sendRequest } = newSender();
    const requests = receivers.flatMap(({ url }) => Array(350).fill(url));
    await Promise.all(requests.map((url) => sendRequest(request(url, { timeoutMs: 8000 }))));
    expect(receivers.flatMap(({ sockets }) => sockets)).toHaveLength(1050);
    const open = () => receivers.reduce((sum, { openSockets }) => sum + openSockets(), 0);
    await expect.poll(open).toBe(1024);
  });

  it('are closed four seconds after their last request, whatever the server hints', {
    timeout: 10_000,
  }, async () => {
    const { url, openSockets } = await receiver((socket) =>
      socket.write(answer(200, '', 'keep-alive: timeout=600\r\n')),
    );
    await newSender().sendRequest(request(url));
    await sleep(3000);
    expect(openSockets()).toBe(1);
    await expect.poll(openSockets, { timeout: 4000 }).toBe(0);
  });

  it('that the receiver closes after an answer are not reused', async () => {
    const { url, sockets } = await receiver((socket) => socket.end(answer(200, '', 'connection: close\r\n')));
    const { sendRequest } = newSender();
    for (let index = 0; index < 5; index += 1)
      expect(await sendRequest(request(url))).toMatchObject({ status: 200 });
    expect(sockets).toHaveLength(5);
  });

  it('that turn out stale are replaced once, without a failed attempt', async () => {
    const { url, sockets, requests } = await receiver((socket, { onThisSocket }) => {
      if (onThisSocket === 1) socket.write(answer(200));
      else socket.resetAndDestroy();
    });
    const { sendRequest } = newSender();
    for (let index = 0; index < 3; index += 1) {
      expect(await sendRequest(request(url))).toMatchObject({ status: 200 });
      await rest();
    }
    expect(requests).toHaveLength(5);
    expect(sockets).toHaveLength(3);
  });

  it('that break after a byte of an answer are not', async () => {
    const { url, requests } = await receiver((socket, { onThisSocket }) => {
      if (onThisSocket === 1) socket.write(answer(200));
      else socket.write('HTTP/1.1 200 OK\r\nx', () => socket.resetAndDestroy());
    });
    const { sendRequest } = newSender();
    await sendRequest(request(url));
    await rest();
    expect(await sendRequest(request(url))).toMatchObject({ errorKind: 'connection_reset' });
    expect(requests).toHaveLength(2);
  });

  it('stay bounded over many origins', { timeout: 30_000 }, async () => {
    const { port, openSockets } = await receiver((socket) => socket.write(answer(200)));
    const { sendRequest } = newSender(async () => ['127.0.0.1']);
    for (let batch = 0; batch < 12; batch += 1) {
      const urls = Array.from(
        { length: 100 },
        (_, index) => `http://r${batch * 100 + index}.example.com:${port}/`,
      );
      const outcomes = await Promise.all(urls.map((url) => sendRequest(request(url))));
      expect(outcomes.every((outcome) => outcome.kind === 'response')).toBe(true);
    }
    await expect.poll(openSockets).toBeLessThanOrEqual(1024);
  });

  it('are all closed by close', async () => {
    const { url, openSockets } = await receiver((socket) => socket.write(answer(200)));
    const sender = newSender();
    await Promise.all(Array.from({ length: 5 }, () => sender.sendRequest(request(url))));
    expect(openSockets()).toBe(5);
    await sender.close();
    await expect.poll(openSockets).toBe(0);
  });
});
