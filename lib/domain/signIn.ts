import { z } from 'zod';
import { linkTypes } from './authLink';

/** `POST /api/auth/login`. */
export const loginSchema = z.strictObject({ email: z.email(), password: z.string().min(1) });

/** `POST /api/auth/recover`. */
export const recoverSchema = z.strictObject({ email: z.email() });

/** `POST /api/auth/password`: the new one, with what the mailed link holds. */
export const passwordSchema = z.strictObject({
  password: z.string().min(10).max(200),
  link: z.union([
    z.strictObject({ type: z.enum(linkTypes), token_hash: z.string().min(1).max(500) }),
    z.strictObject({ type: z.literal('code'), code: z.string().min(1).max(500) }),
  ]),
});
