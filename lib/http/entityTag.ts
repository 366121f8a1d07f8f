import { hash } from 'node:crypto';
import { z } from 'zod';

const version = z.iso.datetime({ offset: true });

/** `ETag` of a thing by its version: strong (RFC 9110, section 8.8.3). */
export const entityTag = (version: string) => `"${version}"`;

/**
 * The versions that a request makes its condition (`If-Match`; RFC 9110, section 13.1.1). Weak and foreign tags
 * match nothing.
 * @returns undefined without a condition, and for `*`: any version will do
 */
export function requiredVersions(request: Request): string[] | undefined {
  const header = request.headers.get('if-match')?.trim();
  if (header === undefined || header === '*') return undefined;
  const tags = [...header.matchAll(/(W\/)?"([^"]*)"/g)];
  return tags.flatMap(([, weak, tag]) => (!weak && version.safeParse(tag).success ? [tag ?? ''] : []));
}

/** `ETag` of a text by what it says. */
export const entityTagOf = (text: string) => `"${hash('sha256', text, 'base64url')}"`;

/** Whether the caller has what this tag is of (`If-None-Match`; RFC 9110, section 13.1.2: weak ones count as well). */
export function isKnown(request: Request, tag: string): boolean {
  const header = request.headers.get('if-none-match')?.trim();
  return header === '*' || [...(header?.matchAll(/"[^"]*"/g) ?? [])].some(([known]) => known === tag);
}
