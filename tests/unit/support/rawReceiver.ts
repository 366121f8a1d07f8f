import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** What a receiver does with the n-th request (from 1) on one of its sockets. */
export type Behaviour = (
  socket: Socket,
  request: { text: string; nth: number; onThisSocket: number },
) => void;

/**
 * A receiver on loopback that writes whatever bytes it is told to.
 * @param tls key and certificate for https
 */
export async function startReceiver(behaviour: Behaviour, tls?: TlsOptions, host = '127.0.0.1') {
  const requests: string[] = [];
  const sockets: Socket[] = [];
  const onSocket = (socket: Socket) => {
    let buffered = '';
    let onThisSocket = 0;
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      buffered += chunk.toString('latin1');
      const end = requestEnd(buffered);
      if (end === -1) return;
      const text = buffered.slice(0, end);
      buffered = buffered.slice(end);
      onThisSocket += 1;
      behaviour(socket, { text, nth: requests.push(text), onThisSocket });
    });
  };
  const server: Server = tls ? createTlsServer(tls, onSocket) : createServer(onSocket);
  server.on('tlsClientError', () => {});
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http${tls ? 's' : ''}://127.0.0.1:${port}/hook`,
    requests,
    sockets,
    openSockets: () => sockets.filter((socket) => !socket.destroyed).length,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function requestEnd(text: string): number {
  const head = text.indexOf('\r\n\r\n');
  if (head === -1) return -1;
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
  return text.length >= head + 4 + length ? head + 4 + length : -1;
}

/** A complete answer. */
export function answer(status: number, body = '', headers = ''): string {
  return `HTTP/1.1 ${status} X\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
}

/** Writes without end, as fast as the other side reads. */
export function flood(socket: Socket, text: string): void {
  const write = () => {
    while (!socket.destroyed && socket.write(text));
  };
  socket.on('drain', write);
  write();
}
