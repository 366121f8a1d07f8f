import { z } from 'zod';
import { type Page, toPage } from '@/lib/domain/page';
import { logger } from '@/lib/telemetry/logger';

const listSchema = z.array(z.unknown());
const keyedSchema = z.array(z.looseObject({ id: z.string() }));

/**
 * The rows that make sense. One that does not, written past every check or by a newer version, costs itself only: the
 * log names it, the others are shown.
 * @param of what the rows are, for the log
 */
export function readableRows<T>(schema: z.ZodType<T>, rows: unknown, of: string): T[] {
  return listSchema.parse(rows).flatMap((row) => {
    const result = schema.safeParse(row);
    if (result.success) return [result.data];
    logger().error({ id: idOf(row), fault: z.prettifyError(result.error) }, `unreadable row of ${of}`);
    return [];
  });
}

/** A page of rows that were asked for with one more than `limit`; an unreadable one ends no list. */
export function readablePage<T>(schema: z.ZodType<T>, rows: unknown, of: string, limit: number): Page<T> {
  const { items, next_cursor } = toPage(keyedSchema.parse(rows), limit);
  return { items: readableRows(schema, items, of), next_cursor };
}

const idOf = (row: unknown) => (typeof row === 'object' && row !== null && 'id' in row ? row.id : undefined);
