import { WebhookError } from '@/lib/domain/errors';

/** Largest request that the API reads, in bytes: room for the largest payload with its escapes. */
const maxRequestBytes = 1024 * 1024;

/**
 * The bytes of a request, read no further than 1 MiB.
 * @throws WebhookError `request_too_large`
 */
export async function readBytes(request: Request): Promise<Buffer> {
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > maxRequestBytes) throw new WebhookError('request_too_large');
  if (!request.body) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.length;
    if (size > maxRequestBytes) throw new WebhookError('request_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * The JSON of a request, in UTF-8 (RFC 8259, section 8.1); an empty body is an empty object. It must be called JSON: other
 * types are those that a browser sends for any site without asking.
 * @param parse for a body whose numbers are passed on: `parseExactly`
 * @throws WebhookError `request_too_large`, `unsupported_media_type`, `invalid_json`
 */
export async function readJson(
  request: Request,
  parse: (text: string) => unknown = JSON.parse,
): Promise<unknown> {
  const bytes = await readBytes(request);
  if (bytes.length === 0) return {};
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new WebhookError('unsupported_media_type');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.trim() === '' ? {} : parse(text);
  } catch (cause) {
    throw new WebhookError('invalid_json', { cause });
  }
}
