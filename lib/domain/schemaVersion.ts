/** The newest migration that this version of the code comes with; a test holds it to the files. */
export const schemaVersion = '20261130500100';

/** How the schema of a database compares with that of this version; null: it is the same. */
export function schemaDifference(found: string): 'older' | 'newer' | null {
  if (found === schemaVersion) return null;
  return found < schemaVersion ? 'older' : 'newer';
}

/**
 * What is wrong with a database of that schema, and what to do, in one sentence; null when nothing is.
 * @param found its version; null: it has none of ours
 */
export function schemaFault(found: string | null): string | null {
  const cure = 'apply the migrations (npm run migrate -- postgres://…; locally, start npm start again).';
  if (found === null)
    return `The database does not have the schema of this version (${schemaVersion}): ${cure}`;
  const difference = schemaDifference(found);
  if (difference === 'older')
    return `The schema of the database (${found}) is older than this version needs (${schemaVersion}): ${cure}`;
  if (difference === 'newer')
    return `The schema of the database (${found}) is newer than this version (${schemaVersion}): install the version of the app that goes with it.`;
  return null;
}
