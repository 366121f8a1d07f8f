import type { Sql } from 'postgres';

/**
 * Empties tables, and those that refer to them, as `truncate … cascade` does. What holds nothing is left alone: a table by
 * the day has thirty files with its indexes, and to give each a new one takes longer than most tests.
 * @param tables their names, with commas between them
 */
export async function emptyTables(sql: Sql, tables: string): Promise<void> {
  const filled = await sql<{ name: string }[]>`
    with named as (select trim(name)::regclass as id from unnest(string_to_array(${tables}, ',')) as name),
      part as (
        select c.oid as id from named join pg_class c on c.oid = named.id and c.relkind = 'r'
        union all
        select p.relid from named, pg_partition_tree(named.id) as p where p.isleaf)
    select id::regclass::text as name from part where pg_relation_size(id) > 0`;
  if (filled.length > 0) await sql.unsafe(`truncate ${filled.map(({ name }) => name).join(', ')} cascade`);
}
