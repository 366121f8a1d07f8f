import { z } from 'zod';

/** A page of a list: pass `next_cursor` as `cursor` for the next one; null at the end. */
export type Page<T> = { items: T[]; next_cursor: string | null };

/** The same as a schema, for what answers it. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable() });

/** `?cursor=&limit=` of every list: the cursor is an id, the limit 1 to 200. */
export const pageQuery = {
  cursor: z.uuid().optional().describe('The `next_cursor` of the page before.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
};

/** `?format=` of a list that can be had as a file. */
export const formatQuery = {
  format: z.enum(['json', 'csv']).default('json').describe('`csv`: all that matches, as a file.'),
};

/** The page of a list that was asked for one item more than `limit`. */
export function toPage<T extends { id: string }>(items: T[], limit: number): Page<T> {
  const page = items.slice(0, limit);
  return { items: page, next_cursor: items.length > limit ? (page.at(-1)?.id ?? null) : null };
}
