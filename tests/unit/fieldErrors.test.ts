import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fieldErrorMessages, toFieldErrors } from '@/lib/domain/fieldErrors';
import { webhookInputSchema, webhookPatchSchema } from '@/lib/domain/webhook';

const policy = { allowHttp: false, allowNetworks: [] };
const valid = { name: 'Hook', url: 'https://example.com/', events: ['lead.created'] };

const errorsOf = (input: object) => {
  const { error } = webhookInputSchema(policy).safeParse({ ...valid, ...input });
  return error ? toFieldErrors(error) : [];
};

describe('toFieldErrors', () => {
  it.each([
    [{ name: '  ' }, 'name', 'name_required'],
    [{ name: undefined }, 'name', 'name_required'],
    [{ name: 'x'.repeat(121) }, 'name', 'name_too_long'],
    [{ url: undefined }, 'url', 'url_required'],
    [{ url: 'https://127.0.0.1/' }, 'url', 'url_private_address'],
    [{ description: 'x'.repeat(1001) }, 'description', 'description_too_long'],
    [{ events: [] }, 'events', 'events_required'],
    [{ events: ['lead.created', 'lead sold'] }, 'events.1', 'unknown_event'],
    [{ headers: { Host: 'x' } }, 'headers.Host', 'header_reserved'],
    [{ headers: [] }, 'headers', 'headers_not_object'],
    [{ transform_script: 'é'.repeat(32_769) }, 'transform_script', 'script_too_large'],
    [{ transform_enabled: true, transform_script: ' ' }, 'transform_script', 'script_required'],
    [{ max_retries: 21 }, 'max_retries', 'max_retries_range'],
    [{ max_retries: '3' }, 'max_retries', 'max_retries_range'],
    [{ retry_delay: 0.5 }, 'retry_delay', 'retry_delay_range'],
    [{ timeout_ms: 999 }, 'timeout_ms', 'timeout_range'],
    [{ max_in_flight: 0 }, 'max_in_flight', 'max_in_flight_range'],
    [{ rate_limit: 0 }, 'rate_limit', 'rate_limit_range'],
    [{ rate_limit: 1001 }, 'rate_limit', 'rate_limit_range'],
    [{ rate_limit: '5' }, 'rate_limit', 'rate_limit_range'],
    [{ rate_limit: 1.5 }, 'rate_limit', 'rate_limit_range'],
    [{ colour: 'red' }, 'colour', 'unknown_field'],
  ])('names %j', (input, path, code) => {
    expect(errorsOf(input)).toEqual([{ path, code, message: fieldErrorMessages[code] }]);
  });

  it('keeps the message of zod where the rule has no code of ours', () => {
    expect(errorsOf({ status: 'sleeping' })).toEqual([
      { path: 'status', code: 'invalid', message: expect.stringContaining('active') },
    ]);
    const { error } = z.object({ a: z.string('toString') }).safeParse({});
    expect(error && toFieldErrors(error)).toEqual([{ path: 'a', code: 'invalid', message: 'toString' }]);
  });

  it('refuses a patch that changes nothing', () => {
    const { error } = webhookPatchSchema(policy).safeParse({});
    expect(error && toFieldErrors(error)).toMatchObject([{ path: '', code: 'nothing_to_change' }]);
  });
});
