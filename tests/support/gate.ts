import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** The port that a server was given. */
export const portOf = (server: Server) => {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
};

/**
 * `refuse`: nobody listens, and the connections that exist are cut. `deaf`: connections are accepted by the system and read by
 * nobody, and those that exist fall silent for ever, as behind a router that forgot them.
 */
type GateState = 'open' | 'refuse' | 'deaf';

export type Gate = {
  port: number;
  become(state: GateState): Promise<void>;
  /** Cuts the connections that exist; others may come. */
  cut(): void;
  /** Connections that were let through, and those that met a state other than open. */
  passed(): number;
  struck(): number;
  close(): Promise<void>;
};

/** A real TCP proxy on loopback, to a port on this machine, for what no server can do to its own connections. */
export async function startGate(inner: number): Promise<Gate> {
  const sockets = new Set<Socket>();
  const silences = new WeakMap<Socket, () => void>();
  let state: GateState = 'open';
  const counts = { passed: 0, struck: 0 };
  const gate = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).on('error', () => {});
    if (state === 'deaf') {
      counts.struck += 1;
      socket.pause();
      return;
    }
    counts.passed += 1;
    const through = connect({ port: inner, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    through.on('error', () => socket.resetAndDestroy());
    // A cut of the server arrives here as a cut, an end as an end.
    through.once('close', (broken) => (broken ? socket.resetAndDestroy() : socket.destroySoon()));
    socket.once('close', () => through.destroy());
    socket.pipe(through).pipe(socket);
    silences.set(socket, () => {
      socket.unpipe(through).pause();
      through.unpipe(socket).pause();
    });
  });
  const listen = (port: number) => new Promise<void>((resolve) => gate.listen(port, '127.0.0.1', resolve));
  const cutAll = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const shut = () => {
    const closed = once(gate, 'close');
    gate.close();
    cutAll();
    return closed;
  };
  await listen(0);
  const port = portOf(gate);
  return {
    port,
    become: async (next) => {
      const before = state;
      state = next;
      if (next === 'deaf' && before === 'open') {
        counts.struck += sockets.size;
        for (const socket of sockets) silences.get(socket)?.();
      }
      if (next === 'refuse' && before !== 'refuse') await shut();
      if (next !== 'refuse' && before === 'refuse') await listen(port);
    },
    cut: () => {
      counts.struck += sockets.size;
      cutAll();
    },
    passed: () => counts.passed,
    struck: () => counts.struck,
    close: async () => {
      if (state !== 'refuse') await shut();
    },
  };
}
