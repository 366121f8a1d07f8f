import { lookup, Resolver } from 'node:dns/promises';
import { open } from 'node:fs/promises';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressLiteral, isAllowedAddress, isLoopbackName, type UrlPolicy } from '@/lib/domain/targetUrl';
import { described, OwnLack, ownLackOf, SendError } from './sendError';

/** Every IPv4 and IPv6 address of a name. Throws a `SendError` of kind `dns`, or an `OwnLack`. */
export type ResolveAddresses = (hostname: string) => Promise<string[]>;

/** How long the second address family may lag behind the first: some servers never answer about IPv6. */
const otherFamilyMs = 500;

/** Milliseconds that saving a webhook waits for DNS. */
const patienceMs = 2000;

/**
 * A resolver on c-ares: `dns.lookup` works through a small thread pool that a few silent names can starve.
 * @param servers DNS servers as `address:port`; the system's when left out
 */
export function createResolver(servers?: string[]): ResolveAddresses {
  const resolver = new Resolver({ timeout: 1000, tries: 2 });
  if (servers) resolver.setServers(servers);
  return async (hostname) => {
    const questions = [resolver.resolve4(hostname), resolver.resolve6(hostname)];
    const found: string[][] = [[], []];
    const lookups = questions.map(async (question, family) => {
      found[family] = await question;
    });
    const both = Promise.allSettled(lookups);
    const first = Promise.any(lookups).then(() => sleep(otherFamilyMs, undefined, { ref: false }));
    await Promise.race([both, first.catch(() => both)]);
    const addresses = found.flat();
    if (addresses.length > 0) return addresses;
    throw await dnsFailure(
      hostname,
      (await both).flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : [])),
    );
  };
}

const systemResolver = createResolver();

const unknownNameCodes: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME']);

/**
 * What c-ares tells of our own side: no DNS server takes questions (or no socket could be opened to one), no memory,
 * no configuration that can be read.
 */
const ownDnsCodes: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOMEM', 'EFILE', 'ENOTINITIALIZED']);

class NameNotFound extends SendError {}

async function dnsFailure(hostname: string, errors: unknown[]): Promise<SendError | OwnLack> {
  const codes = errors.map((error) => described(error).code);
  const lack = errors.map(ownLackOf).find((found) => found !== null) ?? (await descriptorLack());
  if (lack) return lack;
  if (codes.some((code) => ownDnsCodes.has(code))) return new OwnLack('No DNS server could be asked.');
  if (codes.every((code) => unknownNameCodes.has(code))) {
    return new NameNotFound('dns', `${hostname} has no address in DNS.`);
  }
  return new SendError('dns', `DNS gave no answer for ${hostname}.`);
}

/** Whether there is not one descriptor left: c-ares and the system's lookup hide that in codes of DNS. */
async function descriptorLack(): Promise<OwnLack | null> {
  try {
    const file = await open(process.execPath);
    await file.close();
    return null;
  } catch (error) {
    return ownLackOf(error);
  }
}

/** The host of a URL as it is resolved and dialled: a name, or an IP literal without brackets. */
export const dialledHost = (url: URL) => addressLiteral(url) ?? url.hostname;

/**
 * The addresses that may be dialled for a host, every one of them checked. One refused address among a name's
 * records refuses the whole name.
 * @param host a name, or an IP literal without brackets
 */
export async function vettedAddresses(
  host: string,
  policy: UrlPolicy,
  resolve: ResolveAddresses,
): Promise<string[]> {
  const addresses = isIP(host) ? [host] : await addressesOf(host, policy, resolve);
  if (addresses.length > 0 && addresses.every((address) => isAllowedAddress(address, policy))) {
    return addresses;
  }
  throw addressRefused(host);
}

/** The failure of a host whose address may not be called; says nothing of the address itself. */
export function addressRefused(host: string): SendError {
  const verb = isIP(host) ? 'is' : 'resolves to';
  return new SendError('address_refused', `${host} ${verb} a private or reserved address.`);
}

async function addressesOf(host: string, policy: UrlPolicy, resolve: ResolveAddresses): Promise<string[]> {
  // RFC 6761: these names never reach DNS. Of the two loopback addresses the policy may name only one.
  if (isLoopbackName(host)) {
    return ['127.0.0.1', '::1'].filter((address) => isAllowedAddress(address, policy));
  }
  try {
    return await resolve(host);
  } catch (error) {
    const mayBeInHostsFile = error instanceof NameNotFound && policy.allowNetworks.length > 0;
    return mayBeInHostsFile ? await fromHostsFile(host, error) : Promise.reject(error);
  }
}

/** c-ares' `resolve` does not read the hosts file, where a container finds its neighbours. */
async function fromHostsFile(host: string, notFound: SendError): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    throw ownLackOf(error) ?? (await descriptorLack()) ?? notFound;
  }
}

/**
 * True when the host of a valid URL leads to an address that may not be called. For the person who saves it: what
 * protects is the same check at each connection. A name that DNS does not know yet, or not in time, is let through.
 */
export function leadsToRefusedAddress(
  url: string,
  policy: UrlPolicy,
  resolve: ResolveAddresses = systemResolver,
): Promise<boolean> {
  const check = vettedAddresses(dialledHost(new URL(url)), policy, resolve).then(
    () => false,
    (error: unknown) => error instanceof SendError && error.kind === 'address_refused',
  );
  return Promise.race([check, sleep(patienceMs, false, { ref: false })]);
}
