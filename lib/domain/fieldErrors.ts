import type { z } from 'zod';
import { type FieldError, WebhookError } from './errors';

/** An English sentence per code of a refused field, saying what to do. The console words them itself. */
export const fieldErrorMessages: Record<string, string> = {
  name_required: 'Enter a name.',
  name_too_long: 'Shorten the name to at most 120 characters.',
  slug_invalid: 'Use small letters, digits and hyphens between them, at most 63 characters.',
  slug_taken: 'Another webhook has this slug: choose another one.',
  slug_duplicate: 'Two webhooks of the file have this slug: give one of them another.',
  header_value_masked: 'Give the value: there is none behind this mask.',
  configuration_version: 'Use version 1, the only one there is.',
  configuration_too_many: 'Keep at most 500 webhooks in one file.',
  configuration_unreadable: 'Mend the syntax of the file.',
  description_too_long: 'Shorten the description to at most 1,000 characters.',
  events_required: 'Select at least one event type.',
  unknown_event: 'Use an event type of the registry, or a pattern such as lead.* or *.',
  events_too_many: 'Use at most 200 event types, or a pattern such as lead.*.',
  event_name_invalid:
    'Use a name such as client.created: a kind and a verb in small letters, digits and underscores, at most 100 characters.',
  event_kind_reserved: 'Choose another kind: webhook is for what this system emits itself.',
  schema_invalid: 'Send a JSON Schema (2020-12) of at most 64 KiB that needs no other document.',
  schema_required: 'A schema that warns or refuses must be there: send one, or "infer".',
  sample_required: 'Send the sample from which to infer the schema.',
  sample_invalid: 'Send the sample as a JSON object of at most 64 KiB.',
  label_path_invalid: 'Name at most 10 fields of the payload.',
  schema_refuses: 'The payload does not fit its schema here.',
  script_required: 'Enter a script, or switch the transformation off.',
  script_missing: 'Send the script as text, and not a blank one.',
  payload_too_deep: 'Flatten the payload: it is nested more than 200 levels deep.',
  time_range: 'Use a time of the years 1 to 9999.',
  preview_source: 'Send one of payload, delivery_id and event_id.',
  script_too_large: 'Shorten the script to at most 64 KiB.',
  max_retries_range: 'Enter a whole number of retries from 0 to 20.',
  retry_delay_range: 'Enter a whole number of seconds from 1 to 3600.',
  timeout_range: 'Enter a whole number of milliseconds from 1000 to 30000.',
  max_in_flight_range: 'Enter a whole number of simultaneous requests from 1 to 100.',
  coalesce_seconds_range: 'Use a whole number from 0 to 300.',
  rate_limit_range: 'Enter a whole number of requests a second from 1 to 1000, or nothing for no limit.',
  conditions_invalid: 'Send the conditions as an array of { field, operator, value }.',
  conditions_too_many: 'Keep at most 20 conditions.',
  condition_invalid: 'Send a condition as { field, operator, value }.',
  condition_field_invalid:
    'Name a field of the payload, such as statut or changes.statut: names with dots between.',
  condition_operator_unknown:
    'Use is, is_not, contains, begins_with, gt, gte, lt, lte, present, absent, changed or changed_from_to.',
  condition_value_scalar: 'Compare with a text, a number, true, false or null.',
  condition_value_number: 'Use a number of at most 2^53 - 1.',
  condition_value_text: 'Compare with a text that is not empty.',
  condition_value_orderable: 'Compare with a number, or with a text that is not empty.',
  condition_value_change: 'Send { from, to }: one of them, or both.',
  nothing_to_change: 'Send at least one field to change.',
  unknown_field: 'Remove this field: it does not exist.',
  url_required: 'Enter the URL of the receiver.',
  url_invalid: 'Enter a complete URL, such as https://example.com/webhooks.',
  url_too_long: 'Shorten the URL to at most 2,048 characters.',
  url_scheme: 'Use a URL that starts with https://.',
  url_https_required: 'Use https:// instead of http://.',
  url_credentials: 'Remove the user name and password from the URL; use a custom header instead.',
  url_port: 'Use a port that serves HTTP, such as 443 or 8443.',
  url_host: 'Use a public host name, such as hooks.example.com.',
  url_private_address: 'Use a public address: private and reserved addresses are refused.',
  headers_not_object: 'Enter the headers as a JSON object of strings.',
  headers_json_invalid: 'Correct the JSON syntax of the headers.',
  headers_too_many: 'Keep at most 20 headers.',
  header_name_invalid: "Use only letters, digits and !#$%&'*+-.^_`|~ in the header name.",
  header_name_too_long: 'Shorten the header name to at most 64 characters.',
  header_reserved: 'Remove this header: it is set by the system or not allowed.',
  header_duplicate: 'Remove one of the two headers of this name (upper and lower case are the same).',
  header_value_required: 'Enter a value, or remove the header.',
  header_value_invalid: 'Use only visible ASCII characters and inner spaces in the header value.',
  header_value_too_long: 'Shorten the header value to at most 1,024 characters.',
  nom_required: 'Enter a name.',
  email_invalid: 'Enter a complete e-mail address, such as marie@example.com.',
  titre_required: 'Enter a title.',
  time_required: 'Enter a date and a time.',
  fin_before_debut: 'Let the appointment end after it starts.',
  lead_unknown: 'Choose a lead that exists.',
  inbox_name_required: 'Enter a name for the inbox.',
  token_name_required: 'Enter a name for the token.',
  alert_name_required: 'Enter a name for the alert.',
  time_zone_unknown: 'Use the IANA name of a time zone, such as Europe/Paris.',
  text_too_long: 'Shorten this text.',
  text_unstorable: 'Remove the NUL characters (U+0000) and halves of surrogate pairs: they cannot be stored.',
};

/**
 * One `FieldError` per refused field. An issue whose message is none of our codes gets the code `invalid` and
 * zod's own message; unknown fields are named one by one.
 */
export function toFieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [fieldError(issue.path, issue.message)];
    return issue.keys.map((key) => fieldError([...issue.path, key], 'unknown_field'));
  });
}

function fieldError(path: PropertyKey[], message: string): FieldError {
  const sentence = Object.hasOwn(fieldErrorMessages, message) ? fieldErrorMessages[message] : undefined;
  return {
    path: path.map(String).join('.'),
    code: sentence ? message : 'invalid',
    message: sentence ?? message,
  };
}

/** @throws WebhookError `validation_failed` with what is wrong, field by field */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (!result.success) throw new WebhookError('validation_failed', { errors: toFieldErrors(result.error) });
  return result.data;
}
