/** Milliseconds before each further try: an API reads a changed schema within some 200 ms after a migration. */
const pauses = [100, 200, 400];
/** A function, a table, a column that the API does not know of (PostgREST's group 2): it has asked the database nothing. */
const unknownCodes = /^PGRST20[0245]$/;

/**
 * Sends a request to the Data API again, for a moment, while the API answers that it does not know what is asked for: it
 * keeps the schema in memory, and just after a migration what it keeps is the schema from before.
 * @param signal ends the tries; the answer is then the last one that came
 */
export async function withFreshSchema(send: () => Promise<Response>, signal: AbortSignal): Promise<Response> {
  let answer = await send();
  for (const pause of pauses) {
    if (signal.aborted || !(await schemaIsUnknown(answer))) return answer;
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (!signal.aborted) answer = await send();
  }
  return answer;
}

async function schemaIsUnknown(answer: Response): Promise<boolean> {
  if (answer.status !== 404 && answer.status !== 400) return false;
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => null);
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  return typeof code === 'string' && unknownCodes.test(code);
}
