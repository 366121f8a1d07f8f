/**
 * The origin under which the caller reached us, such as `https://crm.example`: for addresses shown to that caller. Next's server
 * writes the forwarded headers where no proxy did.
 */
export function requestOrigin({ headers }: { headers: Pick<Headers, 'get'> }): string {
  const first = (name: string) => headers.get(name)?.split(',')[0]?.trim();
  return `${first('x-forwarded-proto') ?? 'http'}://${first('x-forwarded-host') ?? first('host') ?? 'localhost'}`;
}
