type Row = Record<string, unknown>;

const plain = (value: unknown): string => {
  if (value === null || value === undefined) return '-';
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/** One line, and nothing that moves a terminal's cursor: receivers and payloads have a say in what is printed. */
const safe = (text: string) => text.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ');

/** Columns in step, under their names. */
export function tableOf(rows: Row[], columns: string[]): string {
  const lines = [columns, ...rows.map((row) => columns.map((name) => safe(plain(row[name]))))];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A thing field by field; what has parts of its own as JSON. */
export function fieldsOf(thing: Row): string {
  const width = Math.max(...Object.keys(thing).map((name) => name.length));
  return Object.entries(thing)
    .map(([name, value]) => `${name.padEnd(width)}  ${shown(value, width + 2)}`)
    .join('\n');
}

function shown(value: unknown, indent: number): string {
  const isPlain = value === null || typeof value !== 'object' || Object.keys(value).length === 0;
  const lines = isPlain ? plain(value).split('\n') : JSON.stringify(value, null, 2).split('\n');
  return lines
    .map(safeLine)
    .join(`\n${' '.repeat(indent)}`)
    .trimEnd();
}

export const safeLine = (text: string) => safe(text).trimEnd();

/** The answer as JSON, or what it says in words. */
export function print({ json }: { json?: boolean }, answer: unknown, words: string): void {
  console.log(json ? JSON.stringify(answer, null, 2) : words);
}
