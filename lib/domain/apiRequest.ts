import { z } from 'zod';
import type { ErrorCode } from './errors';
import type { UrlPolicy } from './targetUrl';

/**
 * Least role that may call. `verb`: whoever brings a session, and the one verb called asks for the role.
 * `cron` and `metrics`: whoever has the secret for that.
 */
export type Role = 'admin' | 'member' | 'verb' | 'cron' | 'metrics' | 'anyone';

/** What a route asks: of whom, and with what. */
export type ApiRequest = {
  /** One line for who reads the description of the API. */
  summary: string;
  role: Role;
  /** Path parameters; one that does not parse is answered with `notFound`. */
  params?: z.ZodObject;
  notFound?: ErrorCode;
  query?: z.ZodObject;
  /** Headers with a meaning of their own. */
  headers?: z.ZodObject;
  /** The JSON body; a function where it depends on the receivers that this installation allows. */
  body?: z.ZodType | ((policy: UrlPolicy) => z.ZodType);
  /** The media types that the body may have, where they are not JSON alone. */
  types?: readonly string[];
  /** The body is no JSON, but bytes of any type. */
  bytes?: true;
  /** What may be wrong here, beyond what may be wrong with any such request (`problemsOf`). */
  problems?: readonly ErrorCode[];
};

/** `POST` with ids of the things that it is about. */
export const idsBody = (most: number) => z.strictObject({ ids: z.array(z.uuid()).min(1).max(most) });

/** Of a route whose writes become events. */
export const originHeaders = z.object({
  'X-DevLink-Origin': z
    .string()
    .optional()
    .describe(
      'The id of the webhook on whose account the caller writes; an id of no webhook counts as not said.',
    ),
});
