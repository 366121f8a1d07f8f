import { stringify } from 'csv-stringify/sync';
import type { Page } from '@/lib/domain/page';
import { problemResponse } from './problem';

/** Rows that are asked for at a time: a page of the API's own, and not more of the database at once. */
export const csvPageSize = 200;

type CsvSource<Row> = {
  /** Without its ending. */
  name: string;
  columns: readonly (keyof Row & string)[];
  page(cursor: string | undefined): Promise<Page<Row>>;
};

/**
 * Everything that a list has, page by page, as quickly as it is taken. What is refused is answered as a problem before
 * anything is sent; what breaks later breaks the transfer off, so that half a file never passes for all of it.
 */
export async function csvResponse<Row>({ name, columns, page }: CsvSource<Row>): Promise<Response> {
  const first = await page(undefined);
  const { readable, writable } = new TextEncoderStream();
  void send(writable, columns, page, first);
  return new Response(readable, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${name}.csv"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}

/** Runs within the request, whose person the pages are asked for as. */
async function send<Row>(
  writable: WritableStream<string>,
  columns: CsvSource<Row>['columns'],
  page: CsvSource<Row>['page'],
  first: Page<Row>,
): Promise<void> {
  const writer = writable.getWriter();
  let isGone = false;
  writer.closed.catch(() => {
    isGone = true;
  });
  try {
    await writer.write(csvText(columns, first.items, true));
    for (let cursor = first.next_cursor; cursor !== null && !isGone; ) {
      const { items, next_cursor } = await page(cursor);
      await writer.write(csvText(columns, items, false));
      cursor = next_cursor;
    }
    await writer.close();
  } catch (error) {
    if (isGone) return;
    problemResponse(error); // for its line in the log
    await writer.abort(error).catch(() => {});
  }
}

/** Lines of CSV (RFC 4180). A text that a spreadsheet would take for a formula begins with an apostrophe. */
export function csvText<Row>(
  columns: CsvSource<Row>['columns'],
  rows: readonly Row[],
  isFirst: boolean,
): string {
  return stringify([...rows], {
    columns: [...columns],
    header: isFirst,
    bom: isFirst, // Excel takes a file without it for another encoding
    escape_formulas: true,
    record_delimiter: '\r\n',
    quoted_match: /[\r\n]/, // one of them alone would begin a line as well
    cast: { boolean: String },
  });
}
