import type { Attempt } from '@/lib/domain/delivery';

type SentRequest = Pick<Attempt, 'request_url' | 'request_headers' | 'request_body'>;

/** What curl writes by itself, and would send twice or wrongly. */
const ownHeaders = new Set(['host', 'content-length', 'connection', 'transfer-encoding']);
/** What curl adds where it is not told: sent empty, it is left out. */
const addedHeaders = ['Accept', 'User-Agent', 'Content-Type', 'Expect'];
/** Linux takes no more than 128 KiB in one argument, quotes and name included. */
const longestArgument = 100_000;

/**
 * The request of an attempt as one curl command for a POSIX shell: the same request, once, to the same address.
 * Masked header values stay masked.
 */
export function curlCommand({ request_url, request_headers, request_body }: SentRequest): string {
  const headers = Object.entries(request_headers ?? {}).filter(
    ([name]) => !ownHeaders.has(name.toLowerCase()),
  );
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  const absent = addedHeaders.filter((name) => !given.has(name.toLowerCase()));
  const byPipe = request_body !== null && new TextEncoder().encode(request_body).length > longestArgument;
  const command = [
    // --globoff: brackets and braces in a URL are part of it, not a pattern of many URLs.
    `curl --globoff --path-as-is --http1.1 --request POST --url ${quoted(asSent(request_url ?? ''))}`,
    ...headers.map(([name, value]) => `  --header ${quoted(headerLine(name, value))}`),
    ...absent.map((name) => `  --header ${quoted(`${name}:`)}`),
    // --data-raw: a body that begins with @ is not the name of a file.
    ...(request_body === null
      ? []
      : [`  ${byPipe ? '--data-binary @-' : `--data-raw ${quoted(request_body)}`}`]),
  ].join(' \\\n');
  return byPipe ? `printf %s ${quoted(request_body)} | ${command}` : command;
}

/** The URL as it goes over the wire: host in Punycode, everything else in percent-encoding. */
const asSent = (url: string) => URL.parse(url)?.href ?? url;

/** With a colon and nothing behind it, curl would leave the header out. */
const headerLine = (name: string, value: string) => (value.trim() === '' ? `${name};` : `${name}: ${value}`);

/** In single quotes nothing is special but the quote itself (POSIX shell, section 2.2.2). */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
