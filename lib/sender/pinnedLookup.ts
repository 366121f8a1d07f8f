import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAllowedAddress, isLoopbackName, type UrlPolicy } from '@/lib/domain/targetUrl';
import { SendError } from './sendError';

/** Every IPv4 and IPv6 address of a name. Throws a `SendError` of kind `dns`. */
export type ResolveAddresses = (hostname: string) => Promise<string[]>;

/** How long the second address family may lag behind the first: some servers never answer about IPv6. */
const otherFamilyMs = 500;

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
    const codes = (await both).map((answer) =>
      answer.status === 'rejected' ? String(answer.reason.code) : '',
    );
    throw dnsError(hostname, codes.every(isNoSuchName));
  };
}

const isNoSuchName = (code: string) => ['ENOTFOUND', 'ENODATA', 'EBADNAME', ''].includes(code);

class NameNotFound extends SendError {}

function dnsError(hostname: string, isUnknown: boolean): SendError {
  if (isUnknown) return new NameNotFound('dns', `${hostname} has no address in DNS.`);
  return new SendError('dns', `DNS gave no answer for ${hostname}.`);
}

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
async function fromHostsFile(host: string, notFound: Error): Promise<string[]> {
  const found = await lookup(host, { all: true }).catch(() => Promise.reject(notFound));
  return found.map(({ address }) => address);
}
