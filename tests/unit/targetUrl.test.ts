import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { isAllowedAddress, parseTargetUrl, targetUrlSchema, type UrlPolicy } from '@/lib/domain/targetUrl';
import cases from './cases/ssrf-urls.json';

const strict: UrlPolicy = { allowHttp: false, allowNetworks: [] };
const strictWithHttp = { allowHttp: true, allowNetworks: [] };
const localStack = { allowHttp: true, allowNetworks: ['127.0.0.0/8'] };

const codeOf = (input: string, policy = strict) => {
  const parsed = parseTargetUrl(input, policy);
  return parsed.ok ? null : parsed.code;
};

describe('the text of the hostile URLs, at save', () => {
  // What only DNS tells: see hostCheck.test.ts.
  const knownToDnsOnly = /example\.com|nip\.io/;
  for (const { url, why, mustBlock, dns } of cases) {
    const textTells = mustBlock && !(dns && knownToDnsOnly.test(url));
    it(`${textTells ? 'refuses' : 'takes'} ${JSON.stringify(url)} (${why})`, () => {
      expect(codeOf(url, strictWithHttp) !== null).toBe(textTells);
      if (mustBlock) expect(codeOf(url, strict)).not.toBeNull();
    });
  }
});

describe('parseTargetUrl', () => {
  it.each([
    ['', 'url_required'],
    ['   ', 'url_required'],
    ['example.com/hook', 'url_invalid'],
    ['https://', 'url_invalid'],
    ['https:example.com', 'url_invalid'],
    ['https://exa\tmple.com/', 'url_invalid'],
    ['https://example.com\\x', 'url_invalid'],
    ['ftp://example.com/', 'url_scheme'],
    ['data:text/plain,x', 'url_scheme'],
    ['http://example.com/', 'url_https_required'],
    ['https://user@example.com/', 'url_credentials'],
    ['https://@example.com/', 'url_credentials'],
    ['https://example.com:25/', 'url_port'],
    ['https://example.com:6379/', 'url_port'],
    ['https://example.com:0/', 'url_port'],
    ['https://intranet/', 'url_host'],
    ['https://db.internal/', 'url_host'],
    ['https://printer.local/', 'url_host'],
    ['https://a..b/', 'url_host'],
    ['https://-a.com/', 'url_host'],
    ['https://localhost/', 'url_private_address'],
    ['https://app.localhost/', 'url_private_address'],
    ['https://10.0.0.1/', 'url_private_address'],
    [`https://example.com/${'a'.repeat(2048)}`, 'url_too_long'],
    [`https://example.com/${'é'.repeat(1000)}`, 'url_too_long'],
  ])('refuses %j as %s', (input, code) => {
    expect(codeOf(input)).toBe(code);
  });

  it.each([
    ['  https://Example.COM:443/a?b=1 ', 'https://example.com/a?b=1'],
    ['https://example.com./', 'https://example.com/'],
    ['https://bücher.example/ü x', 'https://xn--bcher-kva.example/%C3%BC%20x'],
    ['https://example.com:8443/', 'https://example.com:8443/'],
    ['https://[2606:4700::1111]/', 'https://[2606:4700::1111]/'],
    ['https://_dmarc.example.com/@user', 'https://_dmarc.example.com/@user'],
  ])('normalises %j to %s', (input, href) => {
    const parsed = parseTargetUrl(input, strict);
    expect(parsed.ok && parsed.url.href).toBe(href);
  });

  it('lets only what the local stack names through', () => {
    expect(codeOf('http://127.0.0.1:4000/x', localStack)).toBeNull();
    expect(codeOf('http://localhost:4000/x', localStack)).toBeNull();
    expect(codeOf('http://inbox.localhost:4000/x', localStack)).toBeNull();
    expect(codeOf('http://[::1]:4000/x', localStack)).toBe('url_private_address');
    expect(codeOf('http://192.168.1.1/', localStack)).toBe('url_private_address');
    expect(codeOf('http://ip6-localhost/', localStack)).toBe('url_host');
    expect(codeOf('http://169.254.169.254/', localStack)).toBe('url_private_address');
  });

  it('takes names of a private network where one is named', () => {
    const office = { allowHttp: true, allowNetworks: ['10.1.0.0/16'] };
    expect(codeOf('http://n8n:5678/', office)).toBeNull();
    expect(codeOf('http://n8n.internal/', office)).toBeNull();
    expect(codeOf('http://localhost/', office)).toBe('url_private_address');
    expect(codeOf('http://10.1.2.3/', office)).toBeNull();
    expect(codeOf('http://10.2.2.3/', office)).toBe('url_private_address');
  });

  it('is stable: what it returns is taken again, unchanged', () => {
    fc.assert(
      fc.property(fc.webUrl({ validSchemes: ['https'], withQueryParameters: true }), (input) => {
        const first = parseTargetUrl(input, strict);
        if (!first.ok) return;
        const second = parseTargetUrl(first.url.href, strict);
        expect(second.ok && second.url.href).toBe(first.url.href);
      }),
    );
  });
});

describe('isAllowedAddress', () => {
  it.each(['93.184.216.34', '1.1.1.1', '2606:4700::1111', '2a00:1450:4001:81b::200e', '::ffff:1.1.1.1'])(
    'allows %s',
    (address) => expect(isAllowedAddress(address, strict)).toBe(true),
  );

  it.each([
    ...['0.0.0.0', '10.255.0.1', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.31.255.255', '192.0.0.8'],
    ...['192.0.2.1', '192.88.99.1', '192.168.0.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1'],
    ...['255.255.255.255', '168.63.129.16', '::', '::1', '::ffff:10.0.0.1', '::7f00:1', '64:ff9b::7f00:1'],
    ...['64:ff9b:1::1', '100::1', '2001::1', '2001:db8::1', '2002:7f00:1::', '3fff::1', '4000::1', '5f00::1'],
    ...['fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', '2606:4700::1%eth0', 'fec0::1', 'ff02::1'],
    ...['2a00:1450:4001:0:0:5efe:a00:1', '2a00:1450:4001:0:200:5efe:a00:1', '', 'example.com', '0x7f.1', '1'],
  ])('refuses %j', (address) => expect(isAllowedAddress(address, strict)).toBe(false));

  it('refuses every address of the private and reserved networks', () => {
    const networks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8', '169.254.0.0/16'];
    const address = fc.tuple(fc.constantFrom(...networks), fc.nat(0xffffffff)).map(([cidr, random]) => {
      const [network, bits] = ipaddr.IPv4.parseCIDR(cidr);
      const host =
        network.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0) + (random % 2 ** (32 - bits));
      return [24, 16, 8, 0].map((shift) => Math.floor(host / 2 ** shift) % 256).join('.');
    });
    fc.assert(
      fc.property(address, (text) => {
        expect(isAllowedAddress(text, strict)).toBe(false);
        expect(isAllowedAddress(`::ffff:${text}`, strict)).toBe(false);
        expect(codeOf(`https://${text}/`)).toBe('url_private_address');
      }),
    );
  });

  it('lets the deny list win over the allowed networks and over the public ranges', () => {
    const policy = {
      allowHttp: true,
      allowNetworks: ['10.0.0.0/8'],
      denyNetworks: ['10.0.0.0/24', '1.1.1.0/24'],
    };
    expect(isAllowedAddress('10.0.1.1', policy)).toBe(true);
    expect(isAllowedAddress('::ffff:10.0.1.1', policy)).toBe(true);
    expect(isAllowedAddress('10.0.0.1', policy)).toBe(false);
    expect(isAllowedAddress('1.1.1.1', policy)).toBe(false);
  });

  it('throws on a network that is none: a mistake in the configuration', () => {
    expect(() => isAllowedAddress('1.1.1.1', { allowHttp: false, allowNetworks: ['127.0.0.0'] })).toThrow();
  });
});

describe('targetUrlSchema', () => {
  it('answers the normalised URL, or the code as message', () => {
    expect(targetUrlSchema(strict).parse(' https://Example.com ')).toBe('https://example.com/');
    const messageFor = (input: unknown) => targetUrlSchema(strict).safeParse(input).error?.issues[0]?.message;
    expect(messageFor('https://10.0.0.1')).toBe('url_private_address');
    expect(messageFor(7)).toBe('url_required');
  });
});
