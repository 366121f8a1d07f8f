import { createServer } from 'node:net';

/** The port itself when it can be listened on at 127.0.0.1 (0: any free one); throws the system's error otherwise. */
export async function claimPort(port: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : port;
}

/** The first free port from `preferred` on, within twenty; then whichever one the system gives. */
export async function freePort(preferred = 0): Promise<number> {
  if (preferred === 0) return claimPort(0);
  for (let port = preferred; port < preferred + 20; port++) {
    try {
      return await claimPort(port);
    } catch {
      // Taken: try the next one.
    }
  }
  return claimPort(0);
}
