import ipaddr from 'ipaddr.js';
import { z } from 'zod';

/** Which receivers this installation may call. The strict policy is `{ allowHttp: false, allowNetworks: [] }`. */
export type UrlPolicy = {
  /** Plain http besides https. */
  allowHttp: boolean;
  /** CIDRs that are allowed although they are private or reserved, such as `127.0.0.0/8`. */
  allowNetworks: string[];
  /** CIDRs that are refused although they are public: the operator's own. They win over `allowNetworks`. */
  denyNetworks?: string[];
};

/** Why a URL is refused: stable codes, each with a sentence in `fieldErrorMessages`. */
export type UrlRefusal =
  | 'url_required'
  | 'url_invalid'
  | 'url_too_long'
  | 'url_scheme'
  | 'url_https_required'
  | 'url_credentials'
  | 'url_port'
  | 'url_host'
  | 'url_private_address';

/** Longest URL, in characters. */
const maxUrlLength = 2048;

/** Addresses that ipaddr.js calls unicast and that are no receiver: Azure's wire server. */
const reservedV4 = ['168.63.129.16/32'];

/**
 * Ports of services that are not HTTP and take harm from a line of text: mail, databases, caches, queues,
 * remote control; those above 1023 of the Fetch standard's "bad ports" and of common servers.
 */
const refusedPorts = new Set([
  1433, 1521, 1719, 1720, 1723, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 3659, 4045, 4190, 5060, 5061,
  5432, 5672, 5900, 5984, 6000, 6379, 6380, 6443, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 7000, 7001,
  9042, 9092, 9200, 9300, 10080, 10250, 11211, 26379, 27017, 27018, 27019,
]);

/**
 * Parses a receiver's URL and applies every rule that the text alone can tell: scheme, credentials, port, host,
 * and the address rule when the host is an IP literal (WHATWG parsing folds every spelling of one).
 * What a name resolves to is checked at each connection.
 */
export function parseTargetUrl(
  input: string,
  policy: UrlPolicy,
): { ok: true; url: URL } | { ok: false; code: UrlRefusal } {
  const text = input.trim();
  if (text === '') return { ok: false, code: 'url_required' };
  if (text.length > maxUrlLength) return { ok: false, code: 'url_too_long' };
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url) return { ok: false, code: 'url_invalid' };
  const code =
    schemeRefusal(url, policy) ?? textRefusal(text) ?? portRefusal(url) ?? hostRefusal(url, policy);
  if (code) return { ok: false, code };
  if (url.href.length > maxUrlLength) return { ok: false, code: 'url_too_long' };
  return { ok: true, url };
}

function schemeRefusal(url: URL, policy: UrlPolicy): UrlRefusal | null {
  if (url.protocol === 'https:') return null;
  if (url.protocol !== 'http:') return 'url_scheme';
  return policy.allowHttp ? null : 'url_https_required';
}

/** What WHATWG parsing would quietly mend or drop: control characters, backslashes, lost slashes, an empty user. */
function textRefusal(text: string): UrlRefusal | null {
  if (/[\p{Cc}\\]/u.test(text)) return 'url_invalid';
  const authority = /^[a-z]+:\/\/([^/?#]+)/i.exec(text)?.[1];
  if (!authority) return 'url_invalid';
  return authority.includes('@') ? 'url_credentials' : null;
}

function portRefusal(url: URL): UrlRefusal | null {
  if (url.port === '') return null;
  const port = Number(url.port);
  const usable = port === 80 || port === 443 || (port >= 1024 && !refusedPorts.has(port));
  return usable ? null : 'url_port';
}

function hostRefusal(url: URL, policy: UrlPolicy): UrlRefusal | null {
  const literal = addressLiteral(url);
  if (literal) return isAllowedAddress(literal, policy) ? null : 'url_private_address';
  const name = url.hostname.replace(/\.$/, '');
  if (!isHostName(name)) return 'url_host';
  if (name !== url.hostname) url.hostname = name;
  if (isLoopbackName(name)) return allowsLoopback(policy) ? null : 'url_private_address';
  return isPrivateName(name) && !allowsPrivateNames(policy) ? 'url_host' : null;
}

const dottedQuad = /^\d{1,3}(\.\d{1,3}){3}$/;

/** The IP literal in a URL's host, without brackets, or null when the host is a name. */
export function addressLiteral(url: URL): string | null {
  if (url.hostname.startsWith('[')) return url.hostname.slice(1, -1);
  // WHATWG parsing writes every IPv4 host as four decimal numbers.
  return dottedQuad.test(url.hostname) ? url.hostname : null;
}

const isHostName = (name: string) =>
  name.length <= 253 &&
  name.split('.').every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));

/** True for `localhost` and the names below it (RFC 6761, section 6.3). */
export const isLoopbackName = (name: string) => name === 'localhost' || name.endsWith('.localhost');

const isPrivateName = (name: string) => !name.includes('.') || /\.(local|internal)$/.test(name);

const allowsLoopback = (policy: UrlPolicy) =>
  isAllowedAddress('127.0.0.1', policy) || isAllowedAddress('::1', policy);

/** Names of a private network make sense only where the operator named such a network. */
const allowsPrivateNames = (policy: UrlPolicy) =>
  policy.allowNetworks.some((cidr) => parsedNetwork(cidr)[0].range() !== 'loopback');

/**
 * The address rule: may this IP address be called? Public unicast only, unless the policy names the network.
 * @param address an IPv4 or IPv6 address in text form, as DNS or a socket tells it; anything else is refused
 */
export function isAllowedAddress(address: string, policy: UrlPolicy): boolean {
  const parsed = parseAddress(address);
  if (!parsed) return false;
  if (isInNetworks(parsed, policy.denyNetworks ?? [])) return false;
  return isInNetworks(parsed, policy.allowNetworks) || isPublicAddress(parsed);
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

function parseAddress(address: string): Address | null {
  if (dottedQuad.test(address)) {
    return ipaddr.IPv4.isValidFourPartDecimal(address) ? ipaddr.IPv4.parse(address) : null;
  }
  // A zone id (fe80::1%eth0) names an interface of ours: never a public receiver.
  if (address.includes('%') || !ipaddr.IPv6.isValid(address)) return null;
  const parsed = ipaddr.IPv6.parse(address);
  return parsed.isIPv4MappedAddress() ? parsed.toIPv4Address() : parsed;
}

function isPublicAddress(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return address instanceof ipaddr.IPv4 ? !isInNetworks(address, reservedV4) : isPublicV6(address);
}

/** Global unicast is 2000::/3 (RFC 4291); ISATAP (RFC 5214) carries an IPv4 address that nobody checked. */
function isPublicV6({ parts }: ipaddr.IPv6): boolean {
  const [first = 0, , , , fifth = 0, sixth = 0] = parts;
  const isIsatap = (fifth & 0xfdff) === 0 && sixth === 0x5efe;
  return first >> 13 === 1 && !isIsatap;
}

function isInNetworks(address: Address, cidrs: string[]): boolean {
  return cidrs.some((cidr) => {
    const [network, bits] = parsedNetwork(cidr);
    return network.kind() === address.kind() && address.match(network, bits);
  });
}

const parsedNetworks = new Map<string, [Address, number]>();

/** Reads a CIDR once. Throws on one that is none: a mistake in the configuration. */
function parsedNetwork(cidr: string): [Address, number] {
  const known = parsedNetworks.get(cidr);
  if (known) return known;
  const parsed = ipaddr.parseCIDR(cidr.trim());
  parsedNetworks.set(cidr, parsed);
  return parsed;
}

/**
 * The URL field of a webhook: trimmed and normalised. Its issues' messages are `UrlRefusal` codes.
 * @param policy which URLs this installation allows
 */
export function targetUrlSchema(policy: UrlPolicy): z.ZodType<string, string> {
  return z.string('url_required').transform((input, context) => {
    const parsed = parseTargetUrl(input, policy);
    if (parsed.ok) return parsed.url.href;
    context.addIssue({ code: 'custom', message: parsed.code });
    return z.NEVER;
  });
}
