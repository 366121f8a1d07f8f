/**
 * A moment as `<input type="datetime-local">` wants it, in the person's own time zone; empty for none.
 * @param at ISO 8601
 */
export function localInputTime(at: string | undefined): string {
  if (!at) return '';
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
