import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { curlCommand } from '@/components/deliveries/detail/curlCommand';
import { type Receiver, startReceiver } from '../support/receiver';
import { runShell } from './support/runShell';

const systemPath = process.env.PATH ?? '';
const curl = systemPath.split(path.delimiter).some((folder) => existsSync(path.join(folder, 'curl')));

const paths = [
  '/hook?f={x,y}&r=[1-3]',
  "/l'accueil?a=1&b=$HOME`id`!x",
  '/a//b/%2e%2e/c;d?q=a+b%20c&q=#fragment',
  '/é/ü?q=œ{1..3}',
  '/-rf?--output=/tmp/x&@file',
  '/?[::1]&[a-',
];
const bodies = [
  `{"nom":"L'Haÿ $HOME \`id\` !! \\\\n \\"quoted\\" %s %d"}`,
  '@/etc/passwd',
  '-o /tmp/x',
  '',
  'two\nlines\n\nand a last one\n',
  "'",
  "''''\\'",
  `{"gros":"${"l'été ".repeat(40_000)}"}`,
];
const headers = {
  'Content-Type': 'application/json',
  'Content-Length': '12',
  'X-Quotes': `it's "so" $HOME \`id\` \\ ; & | > !x`,
  'X-At': '@/etc/passwd',
  'X-Empty': '',
  'X-Colon': ': a:b;',
  Authorization: '••••••••',
};

/** A program in curl's place that writes down its arguments and its input. */
const written = `#!/bin/sh
printf 'call\\0' >> "$OUT"
for word in "$@"; do printf '%s\\0' "$word" >> "$OUT"; done
case " $* " in *' @- '*) cat >> "$OUT" ;; esac
`;

describe('a copied curl command, read by a POSIX shell', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'devlink-curl-'));
  beforeAll(() => {
    writeFileSync(path.join(folder, 'curl'), written);
    chmodSync(path.join(folder, 'curl'), 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function wordsOf(command: string): string[] {
    const out = path.join(folder, 'words');
    rmSync(out, { force: true });
    writeFileSync(path.join(folder, 'command.sh'), command);
    const env = { ...process.env, PATH: `${folder}${path.delimiter}${systemPath}`, OUT: out, HOME: folder };
    const { status, stderr } = spawnSync('sh', [path.join(folder, 'command.sh')], { env, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return spawnSync('cat', [out], { encoding: 'utf8', maxBuffer: 2 ** 24 }).stdout.split('\0');
  }

  it.each(paths)('is one call with one URL: %s', (address) => {
    const words = wordsOf(
      curlCommand({ request_url: `https://exemple.fr${address}`, request_headers: {}, request_body: null }),
    );
    expect(words.filter((word) => word === 'call')).toHaveLength(1);
    expect(words[words.indexOf('--url') + 1]).toBe(new URL(address, 'https://exemple.fr').href);
    expect(words.some((word) => word.startsWith('--data'))).toBe(false);
  });

  it.each(bodies.map((body) => [body.slice(0, 40), body]))('holds the body to the byte: %s', (_, body) => {
    const words = wordsOf(
      curlCommand({ request_url: 'https://exemple.fr/', request_headers: headers, request_body: body }),
    );
    expect(words.filter((word) => word === 'call')).toHaveLength(1);
    const raw = words.indexOf('--data-raw');
    const sent = raw === -1 ? words[words.indexOf('@-') + 1] : words[raw + 1];
    expect(sent).toBe(body);
    expect(words).toContain(`X-Quotes: ${headers['X-Quotes']}`);
  });

  it('switches off what curl itself makes of brackets and braces, on every command', () => {
    const command = curlCommand({ request_url: 'https://a.fr/', request_headers: null, request_body: '{}' });
    expect(wordsOf(command)).toContain('--globoff');
  });
});

describe.skipIf(!curl)('a copied curl command, run', () => {
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.close());

  it.each(paths.flatMap((address) => bodies.map((body) => [address, body.slice(0, 20), body] as const)))(
    'is the same request, once: %s %s',
    async (address, _, body) => {
      const before = receiver.requests.length;
      const command = curlCommand({
        request_url: receiver.url + address,
        request_headers: { ...headers, Authorization: 'Bearer x' },
        request_body: body,
      });
      await runShell(`${command.replace('curl ', 'curl --silent --fail ')}`);
      expect(receiver.requests).toHaveLength(before + 1);
      const request = receiver.requests.at(-1);
      const url = new URL(address, receiver.url);
      expect(request?.path).toBe(url.pathname + url.search);
      expect(request?.body.toString()).toBe(body);
      const { host: __, 'content-length': ___, ...got } = request?.headers ?? {};
      expect(got).toEqual({
        'content-type': 'application/json',
        'x-quotes': headers['X-Quotes'],
        'x-at': headers['X-At'],
        'x-empty': '',
        'x-colon': headers['X-Colon'],
        authorization: 'Bearer x',
      });
    },
  );
});
