// Supabase Lite 0.10 answers the errors that it does not know with the code SUP and the text alone, where PostgREST
// hands the SQLSTATE on. The code must be able to tell a deadlock or a lost database from a fault of its own.
const known: [text: RegExp, code: string, status: number][] = [
  [/^PostgresError: deadlock detected/, '40P01', 500],
  [/^PostgresError: new row for relation .* violates check constraint/, '23514', 400],
  [/^PostgresError: could not serialize access/, '40001', 500],
  [/^PostgresError: canceling statement due to/, '57014', 500],
  [/^PostgresError: (terminating connection|the database system is)/, '57P01', 503],
  [
    /\b(ECONNREFUSED|ECONNRESET|EPIPE|CONNECT_TIMEOUT|CONNECTION_(CLOSED|ENDED|DESTROYED))\b/,
    'PGRST000',
    503,
  ],
];

/** The answer as PostgREST gives it: with the SQLSTATE, or PGRST000 when the database cannot be reached. */
export async function restoreSqlState(response: Response): Promise<Response> {
  if (response.status !== 500 || !response.headers.get('content-type')?.includes('json')) return response;
  const problem = (await response.clone().json()) as { code?: string; message?: string };
  if (problem.code !== 'SUP') return response;
  const found = known.find(([text]) => text.test(problem.message ?? ''));
  if (!found) return response;
  const [, code, status] = found;
  return Response.json({ ...problem, code }, { status });
}
