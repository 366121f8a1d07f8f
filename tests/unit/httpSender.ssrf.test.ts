import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTargetUrl } from '@/lib/domain/targetUrl';
import { vettedAddresses } from '@/lib/sender/addressCheck';
import { createSender } from '@/lib/sender/send';
import cases from './cases/ssrf-urls.json';
import { type DnsAnswer, startFakeDns } from './support/fakeDns';
import { answer, startReceiver } from './support/rawReceiver';

const strict = { allowHttp: true, allowNetworks: [] };
const loopback = { allowHttp: true, allowNetworks: ['127.0.0.1/32'] };
const zone: Record<string, DnsAnswer | (() => DnsAnswer)> = {};

let dns: Awaited<ReturnType<typeof startFakeDns>>;
let victim: Awaited<ReturnType<typeof startReceiver>>;
let sender: ReturnType<typeof createSender>;

beforeAll(async () => {
  dns = await startFakeDns((name) => {
    const entry = zone[name] ?? null;
    return typeof entry === 'function' ? entry() : entry;
  });
  victim = await startReceiver((socket) => socket.write(answer(200, 'internal secret')));
  sender = createSender(dns.resolve);
});
afterAll(async () => {
  await sender.close();
  await victim.stop();
  dns.stop();
});

const send = (url: string, policy: { allowHttp: boolean; allowNetworks: string[] } = strict) =>
  sender.sendRequest({ url, headers: {}, body: '{}', timeoutMs: 4000, policy });

const refused = { kind: 'error', errorKind: 'address_refused' };

describe('the list of hostile URLs, at send', () => {
  for (const { url, why, mustBlock, dns: addresses } of cases) {
    // A zone id cannot be written in a DNS record: what a resolver could add is taken off again.
    const records = addresses?.map((address) => address.replace(/%.*/, ''));
    if (mustBlock) {
      it(`never asks ${JSON.stringify(url)} (${why})`, async () => {
        if (records) zone[new URL(url).hostname.replace(/\.$/, '')] = records;
        const outcome = await send(url);
        expect(outcome).toMatchObject({ kind: 'error' });
        expect(outcome.kind === 'error' && outcome.errorKind).toMatch(
          /^(address_refused|request_invalid|dns)$/,
        );
        expect(JSON.stringify(outcome)).not.toContain('internal secret');
      });
    } else {
      it(`would dial ${JSON.stringify(url)} (${why})`, async () => {
        const parsed = parseTargetUrl(url, strict);
        if (!parsed.ok) throw new Error(parsed.code);
        const { hostname } = parsed.url;
        if (records) zone[hostname] = records;
        expect(await vettedAddresses(hostname, strict, dns.resolve)).toEqual(['93.184.216.34']);
      });
    }
  }

  it('left the receiver on loopback alone', () => expect(victim.sockets).toHaveLength(0));
});

describe('names', () => {
  it('that point to a receiver on loopback do not reach it', async () => {
    zone['inside.example.com'] = ['127.0.0.1'];
    const before = victim.sockets.length;
    const outcome = await send(`http://inside.example.com:${victim.port}/`);
    expect(outcome).toEqual({
      ...refused,
      message: 'inside.example.com resolves to a private or reserved address.',
      durationMs: expect.any(Number),
    });
    expect(victim.sockets).toHaveLength(before);
  });

  it('with one bad address among good ones are refused whole', async () => {
    zone['mixed6.example.com'] = ['93.184.216.34', '::1'];
    expect(await send('http://mixed6.example.com/')).toMatchObject(refused);
  });

  it('whose resolver answers a zone id are refused', async () => {
    const { sendRequest } = createSender(async () => ['fe80::1%eth0']);
    const request = { headers: {}, body: '', timeoutMs: 1000, policy: strict };
    expect(await sendRequest({ ...request, url: 'http://scope.example.com/' })).toMatchObject(refused);
  });

  it('that change between two connections are checked again (DNS rebinding)', async () => {
    const answers = [['93.184.216.34'], ['93.184.216.34'], ['127.0.0.1'], ['127.0.0.1']];
    zone['rebind.example.com'] = () => answers.shift() ?? ['127.0.0.1'];
    expect(await vettedAddresses('rebind.example.com', strict, dns.resolve)).toEqual(['93.184.216.34']);
    expect(await send(`http://rebind.example.com:${victim.port}/`)).toMatchObject(refused);
  });

  it('are resolved once for a connection: the checked address is the one dialled', async () => {
    const answers = [['127.0.0.1'], ['127.0.0.1'], ['127.0.0.2'], ['127.0.0.2']];
    zone['once.example.com'] = () => answers.shift() ?? ['127.0.0.2'];
    dns.questions.length = 0;
    expect(await send(`http://once.example.com:${victim.port}/`, loopback)).toMatchObject({ status: 200 });
    expect(dns.questions.sort()).toEqual(['A once.example.com', 'AAAA once.example.com']);
    expect(victim.sockets.at(-1)?.localAddress).toBe('127.0.0.1');
    expect(victim.requests.at(-1)).toContain(`host: once.example.com:${victim.port}`);
  });

  it('of a policy that is no longer in force do not ride on an open connection', async () => {
    zone['kept.example.com'] = ['127.0.0.1'];
    expect(await send(`http://kept.example.com:${victim.port}/`, loopback)).toMatchObject({ status: 200 });
    expect(await send(`http://kept.example.com:${victim.port}/`, strict)).toMatchObject(refused);
  });

  it('that do not exist or have no address are dns', async () => {
    zone['empty.example.com'] = [];
    for (const name of ['missing.example.com', 'empty.example.com']) {
      expect(await send(`http://${name}/`)).toMatchObject({
        errorKind: 'dns',
        message: `${name} has no address in DNS.`,
      });
    }
  });

  it('with a dead address fall back to the next one', async () => {
    const { sendRequest } = createSender(async () => ['127.0.0.9', '127.0.0.1']);
    const policy = { allowHttp: true, allowNetworks: ['127.0.0.0/8'] };
    const request = { headers: {}, body: '', timeoutMs: 1000, policy };
    const outcome = await sendRequest({ ...request, url: `http://two.example.com:${victim.port}/` });
    expect(outcome).toMatchObject({ status: 200 });
  });
});

describe('localhost', () => {
  it('is reached only where the policy names loopback', async () => {
    const url = `http://localhost:${victim.port}/`;
    expect(await send(url, loopback)).toMatchObject({ status: 200, body: 'internal secret' });
    expect(await send(url, strict)).toMatchObject(refused);
    expect(await send(`http://127.0.0.1:${victim.port}/`, strict)).toMatchObject(refused);
    expect(await send(`http://[::1]:${victim.port}/`, strict)).toMatchObject(refused);
    expect(await send(`http://[::ffff:127.0.0.1]:${victim.port}/`, strict)).toMatchObject(refused);
    expect(await send(`http://[::1]:${victim.port}/`, loopback)).toMatchObject(refused);
  });

  it('is refused under https only as plain http', async () => {
    const policy = { allowHttp: false, allowNetworks: ['127.0.0.0/8'] };
    expect(await send(`http://localhost:${victim.port}/`, policy)).toMatchObject({
      errorKind: 'request_invalid',
    });
  });
});

describe('probeUrl', () => {
  it('tells whether a receiver can be reached, without sending anything', async () => {
    const before = victim.requests.length;
    const free = await startReceiver(() => {});
    await free.stop();
    expect(await sender.probeUrl(victim.url, loopback)).toEqual({ reachable: true });
    expect(await sender.probeUrl(victim.url, strict)).toMatchObject({ errorKind: 'address_refused' });
    expect(await sender.probeUrl(free.url, loopback)).toMatchObject({ errorKind: 'connection_refused' });
    expect(await sender.probeUrl('http://missing.example.com/', strict)).toMatchObject({ errorKind: 'dns' });
    expect(await sender.probeUrl('nonsense', strict)).toMatchObject({ errorKind: 'request_invalid' });
    expect(victim.requests).toHaveLength(before);
  });

  it('gives up on a silent name', async () => {
    zone['silent.example.com'] = 'silent';
    const startedAt = performance.now();
    expect(await sender.probeUrl('http://silent.example.com/', strict)).toMatchObject({ reachable: false });
    expect(performance.now() - startedAt).toBeLessThan(3300);
  });
});
