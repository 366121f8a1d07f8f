import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { buildConnector } from 'undici';
import { isAllowedAddress, type UrlPolicy } from '@/lib/domain/targetUrl';
import { addressRefused, type ResolveAddresses, vettedAddresses } from './pinnedLookup';
import { SendError, toTlsError } from './sendError';

/** Where to connect to. `host` is a name, or an IP literal without brackets. */
export type ConnectTarget = { protocol: string; host: string; port: number };

/** How long one of several addresses may take before the next is tried. */
const addressTimeoutMs = 1500;
/** Ends a handshake that nobody waits for any longer. */
const handshakeTimeoutMs = 30_000;

/**
 * Opens a connection to an address that was checked: resolves the name once, refuses it when any of its
 * addresses may not be called, dials the checked ones in turn, and speaks TLS with the name as SNI and in the
 * certificate check. Throws `SendError` or the socket's own error.
 * @param signal gives up at once, whatever the connection is waiting for
 */
export async function pinnedConnect(
  target: ConnectTarget,
  policy: UrlPolicy,
  resolve: ResolveAddresses,
  signal: AbortSignal,
): Promise<Socket> {
  const addresses = await vettedAddresses(target.host, policy, resolve);
  const socket = await dialFirst(addresses, target.port, signal);
  // Undefined on a socket that was closed again at once: there is nobody to talk to.
  if (socket.remoteAddress !== undefined && !isAllowedAddress(socket.remoteAddress, policy)) {
    socket.destroy();
    throw addressRefused(target.host);
  }
  return target.protocol === 'https:' ? await secure(socket, target, signal) : socket;
}

async function dialFirst(addresses: string[], port: number, signal: AbortSignal): Promise<Socket> {
  let failure: unknown;
  for (const [index, address] of addresses.entries()) {
    signal.throwIfAborted();
    const isLast = index === addresses.length - 1;
    try {
      return await dial(address, port, isLast ? handshakeTimeoutMs : addressTimeoutMs, signal);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function dial(host: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
    const giveUp = (reason: unknown) => {
      socket.destroy();
      settled(() => reject(reason));
    };
    const onAbort = () => giveUp(signal.reason);
    const timer = setTimeout(
      () => giveUp(new SendError('timeout', 'The receiver did not accept the connection in time.')),
      timeoutMs,
    );
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

/** undici's connector on a socket of ours: it brings session resumption and refuses HTTP/2. */
const startTls = buildConnector({ allowH2: false, timeout: handshakeTimeoutMs, rejectUnauthorized: true });

function secure(socket: Socket, target: ConnectTarget, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      socket.destroy();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort);
    const options = {
      protocol: target.protocol,
      hostname: target.host,
      port: String(target.port),
      // SNI carries names only (RFC 6066, section 3); for a literal the certificate is checked on the address.
      ...(isIP(target.host) ? {} : { servername: target.host }),
      httpSocket: socket,
    };
    startTls(options, (error, secured) => {
      signal.removeEventListener('abort', onAbort);
      if (error) reject(toTlsError(error));
      else if (secured) resolve(secured);
      else reject(new SendError('tls', 'TLS failed.'));
    });
  });
}
