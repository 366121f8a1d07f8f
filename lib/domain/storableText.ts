/**
 * Text as Postgres takes it in `text` and `jsonb`: without NUL and lone surrogates, which become U+FFFD.
 * @param maxChars longest result in UTF-16 code units
 */
export function storableText(text: string, maxChars = Number.POSITIVE_INFINITY): string {
  return text.slice(0, maxChars).replaceAll('\0', '\uFFFD').toWellFormed();
}
