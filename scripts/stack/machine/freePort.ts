import { createServer } from 'node:net';
import { LaunchError } from './launchError.ts';

/** Where nobody but this machine reaches it. */
export const ownHost = '127.0.0.1';

/** The port itself when it can be listened on at that host (0: any free one); throws the system's error otherwise. */
async function claimPort(port: number, host = ownHost): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : port;
}

/** Whether the port can be listened on at this moment. */
export const isFree = (port: number, host?: string): Promise<boolean> =>
  claimPort(port, host).then(
    () => true,
    () => false,
  );

/** The first free port from `preferred` on, within twenty; then whichever one the system gives. */
export async function freePort(preferred = 0, host?: string): Promise<number> {
  if (preferred === 0) return claimPort(0, host);
  for (let port = preferred; port < preferred + 20; port++) {
    try {
      return await claimPort(port, host);
    } catch {
      // Taken: try the next one.
    }
  }
  return claimPort(0, host);
}

async function requireHost(host: string): Promise<void> {
  try {
    await claimPort(0, host);
  } catch (cause) {
    throw new LaunchError(
      `HOST vaut « ${host} », qui n’est pas une adresse de cette machine : donnez-en une, ou 0.0.0.0 pour toutes.`,
      { cause },
    );
  }
}

/** The port for the app: the one asked for, or a free one from 3000 on. */
export async function choosePort(wanted: string | undefined, host = ownHost): Promise<number> {
  await requireHost(host);
  if (!wanted) return freePort(3000, host);
  const port = Number(wanted);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new LaunchError(`PORT vaut « ${wanted} » : donnez un nombre de 1 à 65535.`);
  }
  try {
    return await claimPort(port, host);
  } catch (cause) {
    const refused = (cause as NodeJS.ErrnoException).code === 'EACCES';
    const sentence = refused
      ? `Le port ${port} est réservé à l’administrateur du système : choisissez-en un au-dessus de 1023 avec PORT.`
      : `Le port ${port} est déjà pris : arrêtez le programme qui l’occupe, ou choisissez-en un autre avec PORT.`;
    throw new LaunchError(sentence, { cause });
  }
}
