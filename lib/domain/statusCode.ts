/** What a filter by HTTP status takes: one code, or all of its hundred. Who is looked for answered otherwise than 2xx. */
export const statusCodePattern = /^[345](?:\d\d|xx)$/;

/** The families, and the codes that receivers use; any other one from 300 on can be asked for too. */
export const statusCodeChoices = [
  ...[
    '3xx',
    '4xx',
    '5xx',
    '400',
    '401',
    '403',
    '404',
    '405',
    '408',
    '409',
    '410',
    '413',
    '415',
    '422',
    '429',
  ],
  ...['500', '501', '502', '503', '504'],
] as const;

/** The codes that `text` means, a `statusCodePattern`: from, inclusive, to below, exclusive. */
export function statusCodeRange(text: string): { from: number; below: number } {
  const from = Number(text.replace('xx', '00'));
  return { from, below: text.endsWith('xx') ? from + 100 : from + 1 };
}
