/**
 * Every error that the API can answer, by its stable code: the HTTP status and an English sentence that says
 * what to do. The console shows its own wording per code and falls back to this one.
 */
export const errorCodes = {
  validation_failed: [422, 'Some fields are not valid: see "errors".'],
  invalid_json: [400, 'The request body is not valid JSON.'],
  not_signed_in: [
    401,
    'Sign in, or send an API token or a Supabase access token as "Authorization: Bearer <token>".',
  ],
  token_incomplete: [401, 'A part of this API token is missing: copy all of it.'],
  token_mistyped: [401, 'This is no API token that was ever made: a character is wrong, or too much.'],
  token_unknown: [401, 'This API token is not known here. Was it made for another installation?'],
  token_expired: [401, 'This API token has expired: make a new one.'],
  token_revoked: [401, 'This API token was revoked: make a new one.'],
  scope_exceeded: [403, 'This API token does not open this: "detail" names the scope that does.'],
  people_only: [403, 'No API token opens this: sign in.'],
  token_not_found: [404, 'There is no API token with this id.'],
  too_many_tokens: [409, 'There are 200 API tokens that are good: revoke those that nobody uses.'],
  session_unchecked: [
    503,
    'Whether your session is still good cannot be checked: the auth server does not answer. Try again.',
  ],
  invalid_credentials: [401, 'The e-mail address or the password is wrong.'],
  email_not_confirmed: [403, 'Confirm your e-mail address first: follow the link that was sent to you.'],
  user_banned: [403, 'This account is suspended. Ask an administrator.'],
  link_over: [
    410,
    'This link was used already, is too old, or was opened in another browser. Ask for a new one.',
  ],
  password_refused: [
    422,
    'The auth server does not take this password, and the link is used up. Ask for a new one, and choose another password.',
  ],
  sign_in_misconfigured: [
    503,
    'Sign-in is set up wrongly on this server. Its operator finds the reason in the log and in /api/health.',
  ],
  project_restricted: [
    503,
    'The Supabase project is paused or restricted. Its owner finds the reason in its dashboard.',
  ],
  secret_key_refused: [503, 'SUPABASE_SECRET_KEY is not accepted by this project. Nothing was saved.'],
  too_many_requests: [429, 'Too many requests. Wait as many seconds as "retry_after" says, then try again.'],
  forbidden: [403, 'Your role does not allow this. Ask an administrator.'],
  cross_site_request: [403, 'This request came from another site and was refused.'],
  wrong_cron_secret: [401, 'Send "Authorization: Bearer <CRON_SECRET>" with the configured secret.'],
  wrong_metrics_token: [401, 'Send "Authorization: Bearer <METRICS_TOKEN>" with the configured token.'],
  not_found: [404, 'There is nothing under this address or id.'],
  webhook_not_found: [404, 'There is no webhook with this id.'],
  delivery_not_found: [404, 'There is no delivery with this id, or it was removed with age.'],
  event_not_found: [404, 'There is no event with this id, or it was removed with age.'],
  draft_not_found: [404, 'The webhook has no such draft: it was published, thrown away, or saved anew.'],
  alert_not_found: [404, 'There is no alert with this id.'],
  inbox_not_found: [404, 'There is no playground inbox with this id.'],
  method_not_allowed: [405, 'This address does not take this method.'],
  unknown_event: [422, 'This event type is not in the registry.'],
  event_type_not_found: [404, 'There is no event type with this name.'],
  event_type_exists: [409, 'There is an event type with this name.'],
  payload_invalid: [422, 'The payload does not fit the schema of its event type: see "errors".'],
  payload_not_json: [422, 'The payload cannot be written as JSON.'],
  payload_too_large: [413, 'The payload is larger than 256 KiB of JSON.'],
  payload_too_deep: [422, 'The payload is nested more than 200 levels deep: flatten it.'],
  idempotency_key_reused: [
    409,
    'This idempotency key was used for another event type or payload: use a new key for a new event.',
  ],
  unsupported_media_type: [415, 'Send the body as JSON, with "Content-Type: application/json".'],
  request_too_large: [413, 'The request is larger than 1 MiB.'],
  source_unknown: [422, 'No attached table tells of new rows of this kind.'],
  not_subscribed: [409, 'The webhook does not listen to the events of these rows: subscribe it first.'],
  webhook_inactive: [409, 'The webhook is inactive: activate it first.'],
  changed_meanwhile: [
    412,
    'Somebody else changed this in the meantime: see "current", and send If-Match with its version.',
  ],
  record_erased: [410, 'The record of this delivery was erased: there is nothing left to send.'],
  delivery_in_flight: [409, 'This delivery is being sent right now.'],
  delivery_not_waiting: [409, 'This delivery does not wait any more: there is nothing to cancel.'],
  delivery_not_waited_for: [409, 'No delivery waits for this one.'],
  job_not_found: [404, 'There is no background job with this id.'],
  database_unavailable: [503, 'The database cannot be reached. Try again in a moment.'],
  schema_mismatch: [503, 'The database has the schema of another version of this application.'],
  search_too_long: [
    504,
    'The search came to no end within 3 s. Narrow it: a period, a webhook, a status, or further words.',
  ],
  timeout: [504, 'The operation took too long. Try again.'],
  network: [503, 'The server cannot be reached. Try again.'],
  internal: [500, 'Something went wrong on our side. Try again; if it persists, tell your operator.'],
} as const satisfies Record<string, readonly [status: number, detail: string]>;

export type ErrorCode = keyof typeof errorCodes;

/** Whether a text is one of our codes. */
export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(errorCodes, text);

/** One refused field of an input: where, a stable code, and an English sentence. */
export type FieldError = {
  /** Path of the field, such as `headers.X-Token` or `url`. */
  path: string;
  code: string;
  message: string;
  /** 1-based position in the person's text, for scripts. */
  line?: number;
  column?: number;
};

/** The body of every error answer: RFC 9457 problem details with our stable `code`. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  errors?: FieldError[];
  /** Of `changed_meanwhile`: the thing as it is now, as its GET answers it. */
  current?: unknown;
  /** Of `too_many_requests`: seconds, as in the header `Retry-After`. */
  retry_after?: number;
};

/** An expected refusal with a stable code. Anything else that is thrown is a bug or a lost database. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
  readonly code: ErrorCode;
  /** HTTP status that the code maps to. */
  readonly status: number;
  /** What is wrong, field by field; empty where it is no field. */
  readonly errors: FieldError[];
  readonly current: unknown;
  /** Seconds after which it is worth asking again. */
  readonly retryAfter: number | undefined;

  constructor(
    code: ErrorCode,
    options: {
      detail?: string | undefined;
      errors?: FieldError[] | undefined;
      current?: unknown;
      retryAfter?: number | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(options.detail ?? errorCodes[code][1], { cause: options.cause });
    this.code = code;
    this.status = errorCodes[code][0];
    this.errors = options.errors ?? [];
    this.current = options.current;
    this.retryAfter = options.retryAfter;
  }

  /** The problem+json body of this error (RFC 9457, section 3). */
  toProblem(): Problem {
    return {
      type: `urn:devlink-webhooks:problem:${this.code}`,
      title: errorCodes[this.code][1],
      status: this.status,
      code: this.code,
      detail: this.message,
      ...(this.errors.length > 0 ? { errors: this.errors } : {}),
      ...(this.current === undefined ? {} : { current: this.current }),
      ...(this.retryAfter === undefined ? {} : { retry_after: this.retryAfter }),
    };
  }
}
