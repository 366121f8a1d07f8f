import type { Attempt } from '@/lib/domain/delivery';

type SentRequest = Pick<Attempt, 'request_url' | 'request_headers' | 'request_body'>;

/** What curl adds by itself, and would send twice or wrongly. */
const ownHeaders = new Set(['host', 'content-length', 'connection', 'transfer-encoding']);

/** The request of an attempt as a curl command for a POSIX shell. Masked header values stay masked. */
export function curlCommand({ request_url, request_headers, request_body }: SentRequest): string {
  const headers = Object.entries(request_headers ?? {}).filter(
    ([name]) => !ownHeaders.has(name.toLowerCase()),
  );
  return [
    `curl -X POST ${quoted(request_url ?? '')}`,
    ...headers.map(([name, value]) => `  -H ${quoted(`${name}: ${value}`)}`),
    ...(request_body === null ? [] : [`  --data-raw ${quoted(request_body)}`]),
  ].join(' \\\n');
}

/** In single quotes nothing is special but the quote itself (POSIX shell, section 2.2.2). */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
