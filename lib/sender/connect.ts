import { connect as connectTcp, isIP, isIPv6, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { isAllowedAddress, type UrlPolicy } from '@/lib/domain/targetUrl';
import { addressRefused, dialledHost, type ResolveAddresses, vettedAddresses } from './addressCheck';
import { described, isWithoutIpv6, OwnLack, ownLackOf, SendError, toFailure } from './sendError';
import { handshakeFailure } from './tlsFailure';

/** Where to connect to. `host` is a name, or an IP literal without brackets. */
export type ConnectTarget = { protocol: string; host: string; port: number };

/** What a connection is waiting for: for the message of a timeout. */
export type ConnectStage = 'resolving the name' | 'connecting' | 'starting TLS';

/** How long one of several addresses may take before the next is tried. */
const addressTimeoutMs = 1500;

/** Where a URL's connection goes to. */
export function connectTarget(url: URL): ConnectTarget {
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  return { protocol: url.protocol, host: dialledHost(url), port };
}

/**
 * Opens a connection to an address that was checked: resolves the name once, refuses it when any of its
 * addresses may not be called, dials the checked ones in turn, and speaks TLS with the name as SNI and in the
 * certificate check. Throws `SendError`, `OwnLack` or the socket's own error.
 * @param signal gives up at once, whatever the connection is waiting for
 */
export async function pinnedConnect(
  target: ConnectTarget,
  policy: UrlPolicy,
  resolve: ResolveAddresses,
  signal: AbortSignal,
  onStage: (stage: ConnectStage) => void = () => {},
): Promise<Socket> {
  onStage('resolving the name');
  const addresses = await vettedAddresses(target.host, policy, resolve);
  onStage('connecting');
  const socket = await dialFirst(addresses, target.port, signal);
  // Undefined on a socket that was closed again at once: there is nobody to talk to.
  if (socket.remoteAddress !== undefined && !isAllowedAddress(socket.remoteAddress, policy)) {
    socket.destroy();
    throw addressRefused(target.host);
  }
  if (target.protocol !== 'https:') return socket;
  onStage('starting TLS');
  return await secure(socket, target, signal);
}

/** Of several failures the first one is told, unless it only says that we have no IPv6. */
async function dialFirst(addresses: string[], port: number, signal: AbortSignal): Promise<Socket> {
  let failure: unknown;
  for (const [index, address] of addresses.entries()) {
    signal.throwIfAborted();
    const isLast = index === addresses.length - 1;
    try {
      return await dial(address, port, isLast ? null : addressTimeoutMs, signal);
    } catch (error) {
      const found = dialFailure(address, error);
      // What we lack for one address we lack for the others.
      if (found instanceof OwnLack) throw found;
      if (failure === undefined || failure instanceof NoIpv6) failure = found;
    }
  }
  throw failure;
}

class NoIpv6 extends SendError {}

function dialFailure(address: string, error: unknown): unknown {
  const { code } = described(error);
  // Systems without IPv6 answer as if there were no port or no memory for it.
  if (isIPv6(address) && ['ENETUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(code) && isWithoutIpv6()) {
    const message = 'The receiver can be reached over IPv6 only, which this machine does not have.';
    return new NoIpv6('connection_refused', message, error);
  }
  return ownLackOf(error) ?? error;
}

function dial(host: string, port: number, timeoutMs: number | null, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
    const giveUp = (reason: unknown) => {
      socket.destroy();
      settled(() => reject(reason));
    };
    const onAbort = () => giveUp(signal.reason);
    const late = () =>
      giveUp(new SendError('timeout', 'The receiver did not accept the connection in time.'));
    const timer = timeoutMs === null ? undefined : setTimeout(late, timeoutMs);
    const settled = (conclude: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      conclude();
    };
    signal.addEventListener('abort', onAbort);
    // The error listener stays: a socket that fails between here and undici must not end the process.
    socket.on('error', giveUp);
    socket.once('connect', () => settled(() => resolve(socket)));
  });
}

/** TLS sessions by host and port, to be resumed: a whole handshake costs ten times as much. */
const sessions = new Map<string, Buffer>();
const maxSessions = 200;

function keepSession(key: string, session: Buffer): void {
  sessions.delete(key);
  sessions.set(key, session);
  const [oldest] = sessions.keys();
  if (oldest !== undefined && sessions.size > maxSessions) sessions.delete(oldest);
}

function secure(socket: Socket, { host, port }: ConnectTarget, signal: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const key = `${host} ${port}`;
    const session = sessions.get(key);
    const secured = connectTls({
      socket,
      host,
      // SNI carries names only (RFC 6066, section 3); for a literal the certificate is checked on the address.
      ...(isIP(host) ? {} : { servername: host }),
      ALPNProtocols: ['http/1.1'],
      ...(session ? { session } : {}),
      // Said here so that neither the environment nor a flag of Node can say otherwise.
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
    });
    const giveUp = (reason: unknown) => {
      signal.removeEventListener('abort', onAbort);
      secured.destroy();
      socket.destroy();
      reject(reason);
    };
    const onAbort = () => giveUp(signal.reason);
    const onFailure = (error?: unknown) => giveUp(toHandshakeError(error, socket, secured));
    signal.addEventListener('abort', onAbort);
    secured.on('session', (session) => keepSession(key, session));
    // The error listener stays, as on the socket below.
    secured.on('error', onFailure);
    secured.once('close', onFailure);
    secured.once('secureConnect', () => {
      signal.removeEventListener('abort', onAbort);
      secured.off('close', onFailure);
      resolve(secured);
    });
  });
}

function toHandshakeError(error: unknown, socket: Socket, secured: TLSSocket): SendError | OwnLack {
  const lack = ownLackOf(error);
  if (lack) return lack;
  const { code, message } = described(error);
  if (error instanceof Error && code === '') return toFailure(error);
  // Null once the handle is gone, whatever its type says; without a name before a cipher is chosen.
  const cipher: { name?: string } | null | undefined = secured.getCipher();
  const handshake = { bytesRead: socket.bytesRead, agreed: Boolean(cipher?.name) };
  return new SendError(...handshakeFailure({ code, message }, handshake), error);
}
