import { WebhookError } from '@/lib/domain/errors';
import { env } from '@/lib/env';
import { logger } from '@/lib/telemetry/logger';
import { boundedFetch } from './timeLimits';

/** Tells the operator in the log that the key is at fault, and people that it is not them. */
export function publishableKeyRefused(answer: {
  status: number;
  code?: unknown;
  message?: string;
}): WebhookError {
  logger().error(answer, 'SUPABASE_PUBLISHABLE_KEY is not accepted by this project');
  return new WebhookError('sign_in_misconfigured');
}

/**
 * Asks the auth server for its settings, which tell nothing secret, but to whoever has the project's key.
 * @returns the HTTP status with which the key was refused; null when it was not, or no answer came within `limitMs`
 */
export async function publishableKeyRefusal(limitMs: number): Promise<number | null> {
  const { SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY: apikey } = env();
  try {
    const address = `${SUPABASE_URL.replace(/\/$/, '')}/auth/v1/settings`;
    const answer = await boundedFetch(limitMs)(address, { headers: { apikey } });
    await answer.body?.cancel();
    return answer.status === 401 || answer.status === 403 ? answer.status : null;
  } catch {
    return null;
  }
}
