const home = '/webhooks';

/** The path to go to after signing in: within this site only, whatever the link says. */
export function safeNextPath(next: string | undefined): string {
  if (!next?.startsWith('/')) return home;
  const base = 'http://here.invalid';
  if (!URL.canParse(next, base)) return home;
  const url = new URL(next, base);
  return url.origin === base && !url.pathname.startsWith('//') ? url.pathname + url.search : home;
}
