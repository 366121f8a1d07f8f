/** The origin under which the caller reached us, such as `https://crm.example`: for addresses shown to that caller. */
export function requestOrigin(request: Request): string {
  const first = (name: string) => request.headers.get(name)?.split(',')[0]?.trim();
  const url = new URL(request.url);
  const scheme = first('x-forwarded-proto') ?? url.protocol.replace(':', '');
  return `${scheme}://${first('x-forwarded-host') ?? first('host') ?? url.host}`;
}
