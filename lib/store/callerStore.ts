import { z } from 'zod';
import { requestToken, sessionClient } from './sessionClient';
import { unwrap } from './storeError';

const callerSchema = z.object({
  user_id: z.string(),
  email: z.string().nullable(),
  /** Null: signed in, but without any right here. */
  role: z.enum(['admin', 'member']).nullable(),
});

/** The person behind the current request. */
export type Caller = z.infer<typeof callerSchema>;

/** Who is calling; null when nobody is signed in, or the token is no longer valid, or its session was ended. */
export async function getCaller(): Promise<Caller | null> {
  if (!(await requestToken())) return null;
  const client = await sessionClient();
  const response = await client.rpc('webhook_caller');
  // 401: PostgREST refused the token. 42501: no token, so the anonymous role, which may not ask.
  if (
    response.status === 401 ||
    response.error?.code === '42501' ||
    response.error?.code?.startsWith('PGRST3')
  )
    return null;
  return callerSchema.nullable().parse(unwrap(response));
}
