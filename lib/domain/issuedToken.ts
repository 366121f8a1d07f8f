import { z } from 'zod';
import { givenText } from './givenText';
import { isoTime } from './isoTime';

/**
 * What a token opens. `manage` includes the other two: who may change a webhook can have events sent by it and read them back,
 * so a second token would protect nothing.
 */
export const tokenScopes = ['trigger', 'read', 'manage'] as const;
export type TokenScope = (typeof tokenScopes)[number];

/** Whether a token of this scope opens what needs that one. */
export const scopeOpens = (scope: TokenScope, needed: TokenScope) => scope === needed || scope === 'manage';

/** Days for which a token is good. Null: for ever. */
export const tokenLives = [30, 90, 365, null] as const;

/** `POST /api/tokens`. */
export const tokenInputSchema = z.strictObject({
  name: givenText('token_name_required').trim().min(1, 'token_name_required').max(100, 'text_too_long'),
  scope: z.enum(tokenScopes),
  days: z.union(tokenLives.map((days) => z.literal(days))),
});
export type TokenInput = z.output<typeof tokenInputSchema>;

/** A token as people see it. */
export const issuedTokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  scope: z.enum(tokenScopes),
  /** E-mail address of who made it; null: the account is gone. */
  created_by: z.string().nullable(),
  created_at: isoTime,
  expires_at: isoTime.nullable(),
  /** To the minute. */
  last_used_at: isoTime.nullable(),
  revoked_at: isoTime.nullable(),
});
export type IssuedToken = z.infer<typeof issuedTokenSchema>;

/** The answer to `POST /api/tokens`: the one time that the token is there to read. */
export const madeTokenSchema = z.object({ id: z.string(), token: z.string() });
export type MadeToken = z.infer<typeof madeTokenSchema>;
