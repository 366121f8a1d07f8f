import { createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { sendMail } from '@/lib/sender/sendMail';
import { startMailServer, type TestMailServer } from '../support/mailServer';

/*
 * E-mail, against a real SMTP server: what it does becomes an outcome as that of any receiver.
 */

const mail = {
  to: ['marie@example.com', 'jean@example.com'],
  subject: '🔴 Compta : une livraison est abandonnée',
  text: 'Fiche : Chloé Lefèvre',
  html: '<p>Fiche : Chloé Lefèvre</p>',
  messageId: '<1@devlink-webhooks>',
};
const from = 'DevLink Webhooks <webhooks@example.com>';
const send = (url: string, timeoutMs = 5000) => sendMail(mail, { url, from }, timeoutMs);

let server: TestMailServer | undefined;
let silent: Server | undefined;
afterEach(async () => {
  await server?.close();
  silent?.close();
  server = undefined;
});

it('arrives as text and HTML, from whom it should, once for all', async () => {
  server = await startMailServer();
  expect(await send(server.url)).toMatchObject({ kind: 'response', status: 250 });
  expect(server.mails).toHaveLength(1);
  const [{ to, raw } = { to: [], raw: '' }] = server.mails;
  expect(to).toEqual(mail.to);
  expect(raw).toContain('From: DevLink Webhooks <webhooks@example.com>');
  expect(raw).toContain('Message-ID: <1@devlink-webhooks>');
  expect(raw).toContain('Auto-Submitted: auto-generated');
  expect(raw).toMatch(
    /text\/plain[\s\S]*Fiche : Chloé Lefèvre[\s\S]*text\/html[\s\S]*<p>Fiche : Chloé Lefèvre<\/p>/,
  );
});

it('comes from the user of the server where nobody says otherwise', async () => {
  server = await startMailServer({ onAuth: (_auth, _session, callback) => callback(null, { user: 'x' }) });
  const url = server.url.replace('//', '//alertes%40example.com:secret@');
  await sendMail(mail, { url, from: undefined }, 5000);
  expect(server.mails[0]?.raw).toContain('From: alertes@example.com');
});

it('says who was refused when others were not', async () => {
  server = await startMailServer({
    onRcptTo: ({ address }, _session, callback) =>
      callback(
        address.startsWith('jean') ? Object.assign(new Error('unknown'), { responseCode: 550 }) : undefined,
      ),
  });
  expect(await send(server.url)).toMatchObject({
    status: 250,
    body: expect.stringContaining('jean@example.com'),
  });
});

const refusal = (responseCode: number) => Object.assign(new Error('not today'), { responseCode });

it.each([
  [
    'whom it is for',
    { onRcptTo: (_to: unknown, _s: unknown, callback: (e: Error) => void) => callback(refusal(550)) },
  ],
  [
    'whom it is from',
    { onMailFrom: (_to: unknown, _s: unknown, callback: (e: Error) => void) => callback(refusal(451)) },
  ],
  ['who connects', { onConnect: (_s: unknown, callback: (e: Error) => void) => callback(refusal(554)) }],
])('is refused for %s', async (_, options) => {
  server = await startMailServer(options as never);
  const outcome = await send(server.url);
  expect(outcome).toMatchObject({
    kind: 'error',
    errorKind: 'smtp_refused',
    message: expect.stringContaining('not today'),
  });
});

it('is refused for credentials, which no message tells', async () => {
  server = await startMailServer({ onAuth: (_auth, _session, callback) => callback(new Error('Invalid')) });
  const outcome = await send(server.url.replace('//', '//alertes:geheim@'));
  expect(outcome).toMatchObject({ kind: 'error', errorKind: 'smtp_refused' });
  expect(JSON.stringify(outcome)).not.toContain('geheim');
});

it('is not sent in clear where the server offers no TLS and nobody allowed it', async () => {
  server = await startMailServer();
  expect(await send(`smtp://127.0.0.1:${server.port}`)).toMatchObject({ errorKind: 'tls_absent' });
  expect(await send(`smtps://127.0.0.1:${server.port}`)).toMatchObject({ errorKind: 'tls_absent' });
  expect(server.mails).toEqual([]);
});

it('is not sent to a server whose certificate nobody vouches for', async () => {
  server = await startMailServer({ disabledCommands: [] });
  const outcome = await send(`smtp://localhost:${server.port}`);
  expect(outcome).toMatchObject({ kind: 'error', errorKind: expect.stringMatching(/^tls_/) });
  expect(server.mails).toEqual([]);
});

it('is given up in time when the server hangs', async () => {
  silent = createServer(() => {});
  await new Promise<void>((resolve) => silent?.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  const outcome = await send(`smtp://127.0.0.1:${port}`, 300);
  expect(outcome).toMatchObject({ kind: 'error', errorKind: 'timeout' });
  expect(outcome.durationMs).toBeLessThan(3000);
});

it('is given up in time when the server hangs after it has the message', async () => {
  server = await startMailServer({ onData: (stream) => void stream.resume() });
  expect(await send(server.url, 500)).toMatchObject({ kind: 'error', errorKind: 'timeout' });
});

it('finds nobody where nothing listens', async () => {
  const gone = await startMailServer();
  await gone.close();
  expect(await send(gone.url)).toMatchObject({ kind: 'error', errorKind: 'connection_refused' });
  expect(await send('smtp://nowhere.invalid')).toMatchObject({ kind: 'error', errorKind: 'dns' });
});
