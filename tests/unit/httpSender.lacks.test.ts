import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { startFakeDns } from './support/fakeDns';
import { answer, startReceiver } from './support/rawReceiver';
import { runModule } from './support/runModule';
import { newSender, policy, receiver, request, stops } from './support/sending';

/** A process of its own that sends `count` requests at once, and tells how many ended how. */
const sendMany = (urls: string, dnsPort: number, count: number) => `
  import { createResolver } from '@/lib/sender/addressCheck';
  import { createSender } from '@/lib/sender/send';
  const policy = ${JSON.stringify(policy)};
  const sender = createSender(createResolver(['127.0.0.1:${dnsPort}']));
  const urls = ${urls};
  const send = (index) =>
    sender.sendRequest({ url: urls(index), headers: {}, body: '{}', timeoutMs: 8000, policy });
  const outcomes = await Promise.all(Array.from({ length: ${count} }, (_, index) => send(index)));
  const counts = {};
  for (const { kind, errorKind, message, status } of outcomes) {
    const ended = [kind, errorKind, status, message].filter((part) => part !== undefined).join(' ');
    counts[ended] = (counts[ended] ?? 0) + 1;
  }
  // Once the many are over, there is room again, held by idle connections or not.
  counts.after = (await send(0)).kind;
  console.log(JSON.stringify(counts));
  await sender.close();`;

const sum = (counts: Record<string, unknown>) =>
  Object.values(counts).reduce<number>((total, count) => total + (typeof count === 'number' ? count : 0), 0);

describe.skipIf(process.platform === 'win32')('what we lack ourselves', () => {
  /** A port on which nobody listens. */
  const freePort = async () => {
    const { port, stop } = await startReceiver(() => {});
    await stop();
    return port;
  };
  const loopbackDns = () => startFakeDns((_, type) => (type === 'A' ? ['127.0.0.1'] : []));

  it('file descriptors, with 600 requests at once: sent, or unsent', async () => {
    const dns = await loopbackDns();
    stops.push(dns.stop);
    const { port } = await receiver((socket) => setTimeout(() => socket.write(answer(200)), 300));
    const urls = `(index) => index % 2 ? 'http://127.0.0.1:${port}/' : 'http://r' + index + '.example.com:${port}/'`;
    const counts = await runModule(sendMany(urls, dns.port, 600), 96);
    const { after, ...ended } = counts as Record<string, unknown>;
    // c-ares tells of no descriptor as of no server: when one is free again by then, that is what is known.
    const known =
      /^(response 200|unsent No (file descriptor was free on our side|DNS server could be asked)\.)$/;
    expect(Object.keys(ended).filter((how) => !known.test(how))).toEqual([]);
    expect(ended['response 200']).toBeGreaterThan(0);
    expect(ended['unsent No file descriptor was free on our side.']).toBeGreaterThan(0);
    expect(sum(ended)).toBe(600);
    expect(after).toBe('response');
  });

  it('file descriptors for DNS: unsent, and no word of the name', async () => {
    const dns = await loopbackDns();
    stops.push(dns.stop);
    const source = `
      import { closeSync, openSync } from 'node:fs';
      import { createResolver } from '@/lib/sender/addressCheck';
      import { createSender } from '@/lib/sender/send';
      const policy = ${JSON.stringify(policy)};
      const { sendRequest, probeUrl } = createSender(createResolver(['127.0.0.1:${dns.port}']));
      const url = 'http://a.example.com:${await freePort()}/';
      const request = { url, headers: {}, body: '', timeoutMs: 4000, policy };
      const taken = [];
      try {
        for (;;) taken.push(openSync('/dev/null'));
      } catch {}
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => sendRequest(request)));
      const probe = await probeUrl(url, policy);
      for (const descriptor of taken) closeSync(descriptor);
      outcomes.push(probe, await sendRequest(request));
      console.log(JSON.stringify([...new Set(outcomes.map((one) => JSON.stringify({ ...one, durationMs: 0 })))]));`;
    const message = 'No file descriptor was free on our side.';
    const printed = await runModule(source, 96);
    expect((printed as string[]).map((one) => JSON.parse(one))).toEqual([
      { kind: 'unsent', message, durationMs: 0 },
      { reachable: false, message, durationMs: 0 },
      expect.objectContaining({ errorKind: 'connection_refused' }),
    ]);
  });

  it('file descriptors that idle connections hold: they are closed, and it is sent', async () => {
    const { port } = await receiver((socket) => socket.write(answer(200)));
    const source = `
      import { openSync } from 'node:fs';
      import { createSender } from '@/lib/sender/send';
      const policy = ${JSON.stringify(policy)};
      const sender = createSender(async () => ['127.0.0.1']);
      const send = (name) => sender.sendRequest({
        url: 'http://' + name + '.example.com:${port}/', headers: {}, body: '', timeoutMs: 4000, policy });
      await Promise.all(['a', 'b', 'c'].map(send));
      try {
        for (;;) openSync('/dev/null');
      } catch {}
      console.log(JSON.stringify((await send('d')).kind));
      await sender.close();`;
    expect(await runModule(source, 96)).toBe('response');
  });

  it('a DNS server that takes questions: unsent', async () => {
    const dns = await loopbackDns();
    dns.stop();
    const outcome = await newSender(dns.resolve).sendRequest(
      request('http://a.example.com/', { timeoutMs: 6000 }),
    );
    expect(outcome).toMatchObject({ kind: 'unsent', message: 'No DNS server could be asked.' });
  });

  it.skipIf(!canUnshare())('a network at all: unsent', async () => {
    const source = `
      import { createSender } from '@/lib/sender/send';
      const policy = { allowHttp: true, allowNetworks: [] };
      const { sendRequest } = createSender();
      const send = (url) => sendRequest({ url, headers: {}, body: '', timeoutMs: 6000, policy });
      const urls = ['http://93.184.216.34/', 'http://[2606:4700::1]/', 'http://example.com/'];
      console.log(JSON.stringify((await Promise.all(urls.map(send))).map(({ kind }) => kind)));`;
    expect(await runModule(source, 256, ['unshare', '-rn'])).toEqual(['unsent', 'unsent', 'unsent']);
  });
});

describe('a process of ours that stands still', () => {
  /** A receiver in a thread of its own, which goes on meanwhile. Resolves with its port. */
  async function startBeside(answerMs: number) {
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads');
      const server = require('node:net').createServer((socket) => {
        socket.on('error', () => {});
        socket.once('data', () => {
          parentPort.postMessage('asked');
          setTimeout(() => socket.write(${JSON.stringify(answer(200, 'ok'))}), ${answerMs});
        });
      });
      server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`,
      { eval: true },
    );
    stops.push(() => worker.terminate());
    const [port] = await once(worker, 'message');
    return { url: `http://127.0.0.1:${port}/`, asked: once(worker, 'message') };
  }
  const standStill = (ms: number) => {
    const until = performance.now() + ms;
    while (performance.now() < until);
  };

  it('while the answer comes in time is no timeout', async () => {
    const { url, asked } = await startBeside(50);
    const outcome = newSender().sendRequest(request(url, { timeoutMs: 200 }));
    await asked;
    standStill(600);
    expect(await outcome).toMatchObject({ kind: 'response', status: 200, body: 'ok' });
  });

  it('before it has connected is no timeout', async () => {
    const { url } = await startBeside(0);
    const outcome = newSender().sendRequest(request(url, { timeoutMs: 200 }));
    standStill(600);
    expect(await outcome).toMatchObject({ kind: 'response', status: 200, body: 'ok' });
  });

  it('does not give a slow receiver more than its time again', async () => {
    const { url, asked } = await startBeside(20_000);
    const startedAt = performance.now();
    const outcome = newSender().sendRequest(request(url, { timeoutMs: 200 }));
    await asked;
    standStill(600);
    expect(await outcome).toMatchObject({ errorKind: 'timeout' });
    expect(performance.now() - startedAt).toBeLessThan(1200);
  });
});

function canUnshare(): boolean {
  try {
    execFileSync('sh', ['-c', 'unshare -rn true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
