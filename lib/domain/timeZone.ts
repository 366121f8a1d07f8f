/** Whether a text names a time zone (IANA), to JavaScript and to Postgres alike. */
export function isTimeZone(name: string): boolean {
  try {
    // Offsets are zones to JavaScript but read the other way round by Postgres.
    return /^[A-Za-z]/.test(name) && Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}
