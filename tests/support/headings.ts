import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The anchors of a Markdown file of the project, as GitHub makes them of its headings. */
export function headingsOf(file: string): Set<string> {
  const text = readFileSync(path.join(import.meta.dirname, '../..', file), 'utf8').replace(
    /^```.*?^```/gms,
    '',
  );
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-');
  return new Set([...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slug(heading)));
}
