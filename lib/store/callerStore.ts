import { z } from 'zod';
import { actingToken } from './actingToken';
import { publishableKeyRefused } from './publishableKey';
import { requestToken, sessionClient } from './sessionClient';
import { unwrap } from './storeError';

const callerSchema = z.object({
  user_id: z.string(),
  email: z.string().nullable(),
  /** Null: signed in, but without any right here. */
  role: z.enum(['admin', 'member']).nullable(),
});

/** The person behind the current request, or the token: its scope is what it may do, which its route has asked for. */
export type Caller = z.infer<typeof callerSchema>;

/** Who is calling; null when nobody is signed in, or the token is no longer valid, or its session was ended. */
export async function getCaller(): Promise<Caller | null> {
  const token = actingToken();
  if (token !== undefined) return { user_id: token, email: null, role: 'admin' };
  if (!(await requestToken())) return null;
  const client = await sessionClient();
  const response = await client.rpc('webhook_caller');
  const { status, error } = response;
  // PostgREST refused the token. Without a code, a gateway refused our key.
  if (error?.code?.startsWith('PGRST3') || error?.code === '42501') return null;
  if (status === 401 && error) {
    if (error.code) return null;
    throw publishableKeyRefused({ status, message: error.message });
  }
  return callerSchema.nullable().parse(unwrap(response));
}
