import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSender } from '@/lib/sender/send';
import { answer, flood, startReceiver } from './support/rawReceiver';
import { selfSigned } from './support/selfSigned';

const policy = { allowHttp: true, allowNetworks: ['127.0.0.0/8'] };
const { sendRequest, probeUrl, close } = createSender(async () => ['127.0.0.1']);
const send = (url: string, timeoutMs = 2000) =>
  sendRequest({ url, headers: {}, body: '{}', timeoutMs, policy });

const trusted = selfSigned('hooks.example.com', '127.0.0.1');
const untrusted = selfSigned('hooks.example.com');
const systemCertificates = getCACertificates('default');
let receiver: Awaited<ReturnType<typeof startReceiver>>;

beforeAll(async () => {
  setDefaultCACertificates([...systemCertificates, trusted.cert]);
  receiver = await startReceiver((socket) => socket.write(answer(200, 'ok')), {
    ...trusted,
    ALPNProtocols: ['h2', 'http/1.1'],
  });
});
afterAll(async () => {
  setDefaultCACertificates(systemCertificates);
  await close();
  await receiver.stop();
});

describe('https', () => {
  it('reaches a receiver whose certificate carries the name, over HTTP/1.1, and reuses the connection', async () => {
    for (let index = 0; index < 3; index += 1) {
      const outcome = await send(`https://hooks.example.com:${receiver.port}/`);
      expect(outcome).toMatchObject({ status: 200, body: 'ok' });
      await sleep(20);
    }
    expect(receiver.sockets).toHaveLength(1);
    expect(receiver.sockets[0]).toMatchObject({ servername: 'hooks.example.com', alpnProtocol: 'http/1.1' });
  });

  it('checks the certificate of an IP literal on the address', async () => {
    expect(await send(`https://127.0.0.1:${receiver.port}/`)).toMatchObject({ status: 200 });
  });

  it('refuses a certificate of another name', async () => {
    expect(await send(`https://other.example.com:${receiver.port}/`)).toMatchObject({
      errorKind: 'tls_name',
      message: "The receiver's certificate is for another host name.",
    });
  });

  it('refuses a self-signed certificate, whatever the environment says', async () => {
    const selfSigned = await startReceiver((socket) => socket.write(answer(200)), untrusted);
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    const url = `https://hooks.example.com:${selfSigned.port}/`;
    expect(await send(url)).toMatchObject({
      errorKind: 'tls_authority',
      message: "The receiver's certificate is self-signed.",
    });
    expect(await probeUrl(url, policy)).toMatchObject({ reachable: false, errorKind: 'tls_authority' });
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    expect(selfSigned.requests).toHaveLength(0);
    await selfSigned.stop();
  });

  it('ends a handshake that hangs or breaks', async () => {
    const mute = await startReceiver(() => {});
    const startedAt = performance.now();
    expect(await send(`https://127.0.0.1:${mute.port}/`, 300)).toMatchObject({
      errorKind: 'timeout',
      message: 'No complete answer within 300 ms: ended while starting TLS.',
    });
    expect(performance.now() - startedAt).toBeLessThan(500);
    await expect.poll(mute.openSockets).toBe(0);
    await mute.stop();
    const closing = createServer((socket) => socket.on('error', () => {}).destroy()).listen(0, '127.0.0.1');
    await new Promise((resolve) => closing.once('listening', resolve));
    const { port } = closing.address() as { port: number };
    expect(await send(`https://127.0.0.1:${port}/`)).toMatchObject({ kind: 'error', errorKind: 'tls' });
    closing.close();
  });

  it('ends a flood of bytes outside of the body', async () => {
    const flooding = await startReceiver((socket) => flood(socket, '\r\n'.repeat(32_768)), trusted);
    expect(await send(`https://hooks.example.com:${flooding.port}/`)).toMatchObject({
      errorKind: 'response_invalid',
      message: 'The receiver sent more than 256 KiB for one answer.',
    });
    await expect.poll(flooding.openSockets).toBe(0);
    await flooding.stop();
  });

  it('reaches it when probed', async () => {
    expect(await probeUrl(`https://hooks.example.com:${receiver.port}/`, policy)).toEqual({
      reachable: true,
    });
  });
});
