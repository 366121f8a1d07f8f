import { once } from 'node:events';
import { createServer as createHttp2Server, createSecureServer } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import {
  createServer as createTlsServer,
  getCACertificates,
  setDefaultCACertificates,
  type TlsOptions,
} from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSender } from '@/lib/sender/send';
import { answer } from './support/rawReceiver';
import { certificate } from './support/selfSigned';

const policy = { allowHttp: true, allowNetworks: ['127.0.0.0/8'] };
const sender = createSender(async () => ['127.0.0.1']);
const host = 'hooks.example.com';

const root = certificate({ names: [] });
const intermediate = certificate({ names: [], issuer: root });
const ownRoot = certificate({ names: [] });
const ownIntermediate = certificate({ names: [], issuer: ownRoot });
const good = certificate({ names: [host], issuer: root });
const systemCertificates = getCACertificates('default');
beforeAll(() => setDefaultCACertificates([...systemCertificates, root.cert]));
afterAll(async () => {
  setDefaultCACertificates(systemCertificates);
  await sender.close();
});

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) {
    server.close();
    await once(server, 'close');
  }
});

async function listen(server: Server): Promise<number> {
  for (const event of ['tlsClientError', 'sessionError', 'error']) server.on(event, () => {});
  server.on('connection', (socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return port;
}

const overTls = (options: TlsOptions) => () =>
  createTlsServer(options, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(answer(200, 'ok')));
  });
const ofCertificate = ({ key, cert }: { key: string; cert: string }, ...chain: { cert: string }[]) =>
  overTls({ key, cert: [cert, ...chain.map((each) => each.cert)].join('') });
const speakingFirst = (bytes: string | Buffer) => () => createServer((socket) => socket.write(bytes));
const answering = (bytes: string | Buffer) => () =>
  createServer((socket) => socket.once('data', () => socket.end(bytes)));
const hex = (text: string) => Buffer.from(text, 'hex');

/** A ServerHello of TLS 1.0, as a server sends it that knows nothing later. */
const oldServerHello = hex(
  `160301004a0200004603 01${'00'.repeat(32)}20${'11'.repeat(32)}002f00`.replace(' ', ''),
);

const causes: [what: string, kind: string, message: RegExp, server: () => Server][] = [
  ['a plain HTTP server', 'tls_absent', /does not speak TLS/, answering(answer(400))],
  ['SSH', 'tls_absent', /does not speak TLS/, speakingFirst('SSH-2.0-OpenSSH_9.6\r\n')],
  ['SMTP', 'tls_absent', /does not speak TLS/, speakingFirst('220 mail ESMTP\r\n')],
  ['a database', 'tls_absent', /does not speak TLS/, speakingFirst(hex('4a0000000a382e302e333100'))],
  ['HTTP/2 without TLS', 'tls_absent', /does not speak TLS/, speakingFirst(hex('000000040000000000'))],
  ['one byte and no more', 'tls_absent', /does not speak TLS/, answering('N')],
  [
    'an expired certificate',
    'tls_expired',
    /has expired/,
    ofCertificate(certificate({ names: [host], issuer: root, validDays: [-9, -1] })),
  ],
  [
    'one not valid yet',
    'tls_expired',
    /not valid yet/,
    ofCertificate(certificate({ names: [host], issuer: root, validDays: [1, 9] })),
  ],
  [
    'one of another name',
    'tls_name',
    /another host name/,
    ofCertificate(certificate({ names: ['a.example.com'], issuer: root })),
  ],
  [
    'one of another name over TLS 1.2',
    'tls_name',
    /another host name/,
    overTls({ ...certificate({ names: ['127.0.0.1'], issuer: root }), maxVersion: 'TLSv1.2' }),
  ],
  [
    'one without a name',
    'tls_name',
    /another host name/,
    ofCertificate(certificate({ names: [], issuer: root })),
  ],
  [
    'an unknown name by alert',
    'tls_name',
    /no certificate for this host name/,
    answering(hex('15030300020270')),
  ],
  ['a self-signed one', 'tls_authority', /self-signed/, ofCertificate(certificate({ names: [host] }))],
  [
    'one of an own authority',
    'tls_authority',
    /not signed by a known authority/,
    ofCertificate(certificate({ names: [host], issuer: ownRoot }), ownRoot),
  ],
  [
    'one of an own authority, which is not sent',
    'tls_authority',
    /not signed by a known authority/,
    ofCertificate(certificate({ names: [host], issuer: ownIntermediate }), ownIntermediate),
  ],
  [
    'one without its intermediate',
    'tls_authority',
    /without its intermediate/,
    ofCertificate(certificate({ names: [host], issuer: intermediate })),
  ],
  [
    'TLS up to 1.1',
    'tls_protocol',
    /too old/,
    overTls({ ...good, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  ],
  ['TLS 1.0 that knows nothing later', 'tls_protocol', /too old/, answering(oldServerHello)],
  [
    'no cipher in common',
    'tls_protocol',
    /no TLS cipher/,
    overTls({ ...good, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0' }),
  ],
  [
    'a key too weak',
    'tls_protocol',
    /too weak/,
    overTls({
      ...certificate({ names: [host], issuer: root, rsaBits: 1024 }),
      ciphers: 'DEFAULT@SECLEVEL=0',
    }),
  ],
  ['HTTP/2 only', 'http2_only', /HTTP\/2 only/, () => createSecureServer(good)],
  ['no HTTP/1.1 by ALPN', 'http2_only', /HTTP\/2 only/, overTls({ ...good, ALPNProtocols: ['h2'] })],
  [
    'a wish for a client certificate',
    'tls',
    /client certificate/,
    overTls({ ...good, maxVersion: 'TLSv1.2', requestCert: true }),
  ],
  ['a connection that is closed', 'tls', /closed the connection during/, answering('')],
  [
    'a connection that is reset',
    'tls',
    /closed the connection during/,
    () => createServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
  ],
  ['broken records', 'tls', /TLS failed: ERR_SSL/, answering(hex('160301ffff00'))],
];

describe('the true cause of a failed start of TLS, when sent and when probed', () => {
  it.each(causes)('%s: %s', async (_, errorKind, message, server) => {
    const url = `https://${host}:${await listen(server())}/`;
    const request = { url, headers: {}, body: '{}', timeoutMs: 2000, policy };
    const failure = { errorKind, message: expect.stringMatching(message) };
    // Twice: a session of the first time must not open the door the second time.
    expect(await sender.sendRequest(request)).toMatchObject({ kind: 'error', ...failure });
    expect(await sender.sendRequest(request)).toMatchObject({ kind: 'error', ...failure });
    expect(await sender.probeUrl(url, policy)).toMatchObject({ reachable: false, ...failure });
  });

  it('a chain that is whole: none', async () => {
    const leaf = certificate({ names: [host], issuer: intermediate });
    const url = `https://${host}:${await listen(ofCertificate(leaf, intermediate)())}/`;
    const request = { url, headers: {}, body: '{}', timeoutMs: 2000, policy };
    expect(await sender.sendRequest(request)).toMatchObject({ kind: 'response', status: 200 });
  });
});

describe('the true cause of an answer that is not HTTP/1.1', () => {
  const send = (url: string) => sender.sendRequest({ url, headers: {}, body: '{}', timeoutMs: 2000, policy });

  it('a client certificate that TLS 1.3 asks for after the start', async () => {
    const port = await listen(overTls({ ...good, requestCert: true })());
    expect(await send(`https://${host}:${port}/`)).toMatchObject({
      errorKind: 'tls',
      message: 'TLS failed: the receiver asks for a client certificate.',
    });
  });

  it('HTTP/2 without TLS', async () => {
    const port = await listen(createHttp2Server());
    expect(await send(`http://${host}:${port}/`)).toMatchObject({ errorKind: 'http2_only' });
  });

  it.each([
    ['SETTINGS', '00000c04000000000000030000006400040000ffff'],
    ['GOAWAY', '0000080700000000000000000000000001'],
  ])('HTTP/2 over TLS without ALPN: %s', async (_, frame) => {
    const server = createTlsServer(good, (socket) => {
      socket.on('error', () => {});
      socket.write(hex(frame));
    });
    expect(await send(`https://${host}:${await listen(server)}/`)).toMatchObject({ errorKind: 'http2_only' });
  });

  it('TLS on a port that http:// names', async () => {
    const port = await listen(answering(hex('15030100020246'))());
    expect(await send(`http://${host}:${port}/`)).toMatchObject({
      errorKind: 'response_invalid',
      message: expect.stringContaining('must begin with https://'),
    });
  });
});
