/** Where the console shows what was sent of a record. Ids are any text. */
export const recordPath = (recordId: string) => `/records/${encodeURIComponent(recordId)}`;
