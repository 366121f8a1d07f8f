import type { SupabaseClient } from '@supabase/supabase-js';
import type { z } from 'zod';
import type { Database as Generated, Json } from './database.types';

type Schema = Generated['public'];

/** Postgres takes null for any argument, and for JSON whatever `JSON.stringify` writes; the generator says neither. */
type Argument<T> = Json extends T ? unknown : T | null;
type Arguments<Args> =
  Args extends Record<PropertyKey, never> ? Args : { [Name in keyof Args]: Argument<Args[Name]> };
type Functions = {
  [Name in keyof Schema['Functions']]: Omit<Schema['Functions'][Name], 'Args'> & {
    Args: Arguments<Schema['Functions'][Name]['Args']>;
  };
};

type Columns<Given> = { [Name in keyof Given]: Json extends Given[Name] ? unknown : Given[Name] };
type Tables = {
  [Name in keyof Schema['Tables']]: Omit<Schema['Tables'][Name], 'Insert' | 'Update'> & {
    Insert: Columns<Schema['Tables'][Name]['Insert']>;
    Update: Columns<Schema['Tables'][Name]['Update']>;
  };
};

/** The tables, views and functions that the migrations make (`npm run types:database`). */
export type Database = {
  public: Omit<Schema, 'Tables' | 'Functions'> & { Tables: Tables; Functions: Functions };
};

/** A client of the Supabase API that knows our database. */
export type StoreClient = SupabaseClient<Database>;

/** What a SQL function takes, by name. */
export type ArgumentsOf<Name extends keyof Functions> = Functions[Name]['Args'];

type Relations = Schema['Tables'] & Schema['Views'];

/** A row of a table or view with all its columns. */
export type Row<Name extends keyof Relations> = Relations[Name]['Row'];

type Unknown<Shape, Name extends keyof Relations> = Exclude<keyof Shape, keyof Row<Name>>;

/** The columns that a schema reads, for `select`. One that the table or view does not have is refused by the compiler. */
export function columnsOf<Name extends keyof Relations, Shape extends z.ZodRawShape>(
  _relation: Name,
  schema: z.ZodObject<Shape> & ([Unknown<Shape, Name>] extends [never] ? unknown : never),
): string {
  return Object.keys(schema.shape).join(', ');
}
