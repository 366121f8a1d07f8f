import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leadsToRefusedAddress } from '@/lib/sender/addressCheck';
import cases from './cases/ssrf-urls.json';
import { type DnsAnswer, startFakeDns } from './support/fakeDns';

const policy = { allowHttp: true, allowNetworks: [] };
const zone: Record<string, DnsAnswer> = {};
let dns: Awaited<ReturnType<typeof startFakeDns>>;

beforeAll(async () => {
  dns = await startFakeDns((name) => zone[name] ?? null);
});
afterAll(() => dns.stop());

describe('what only DNS tells of the hostile URLs, at save', () => {
  // Not the name without any address: nothing can be sent there, and it may get one.
  const named = cases.filter(
    ({ url, dns: addresses }) => addresses?.length && /example\.com|nip\.io/.test(url),
  );
  for (const { url, why, mustBlock, dns: addresses = [] } of named) {
    it(`${mustBlock ? 'refuses' : 'takes'} ${JSON.stringify(url)} (${why})`, async () => {
      // A zone id cannot be written in a DNS record.
      zone[new URL(url).hostname] = addresses.map((address) => address.replace(/%.*/, ''));
      expect(await leadsToRefusedAddress(url, policy, dns.resolve)).toBe(mustBlock);
    });
  }

  it('takes a name that DNS does not know, or not in time', async () => {
    expect(await leadsToRefusedAddress('https://unknown.example.org/', policy, dns.resolve)).toBe(false);
    const silent = () => new Promise<string[]>(() => {});
    expect(await leadsToRefusedAddress('https://silent.example.org/', policy, silent)).toBe(false);
  });
});
