import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { choosePort, isFree } from '../../scripts/stack/machine/freePort';

it('a port that is taken is told from a free one, at its own address', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  expect(await isFree(port)).toBe(false);
  expect(await isFree(port, '127.0.0.2')).toBe(process.platform === 'linux');
  await expect(choosePort(String(port))).rejects.toThrow('est déjà pris');
  server.close();
  await once(server, 'close');
  expect(await choosePort(String(port))).toBe(port);
});

it.each(['192.0.2.1', 'nowhere.invalid', 'not a host'])(
  'an address that is not this machine’s is named: %s',
  async (host) => {
    await expect(choosePort(undefined, host)).rejects.toThrow(`HOST vaut « ${host} »`);
  },
);

it.each(['0', '65536', 'http', '-1'])('a port that is none is named: %s', async (port) => {
  await expect(choosePort(port)).rejects.toThrow(`PORT vaut « ${port} »`);
});
