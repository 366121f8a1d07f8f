import { expect, test } from 'vitest';
import { changedSettings } from '@/components/webhooks/form/settingConflicts';
import { toFormValues, toInput } from '@/components/webhooks/form/webhookFormValues';
import { type Webhook, webhookInputSchema } from '@/lib/domain/webhook';
import { webhookDefaults } from '@/lib/domain/webhookDefaults';

const schema = webhookInputSchema({ allowHttp: false, allowNetworks: [] });
const time = '2026-01-15T10:00:00.000Z';
const filled = { name: 'Comptes', url: 'https://exemple.fr/hooks', events: ['lead.created' as const] };

const stored: Webhook = {
  ...webhookDefaults,
  ...filled,
  id: '1',
  slug: 'comptes',
  disabled_reason: null,
  created_at: time,
  updated_at: time,
  version: '1',
  health: null,
};

test('the form of a new webhook yields every setting of the API, with its defaults', () => {
  const input = schema.parse(toInput({ ...toFormValues(), ...filled }));
  expect(input).toEqual({ ...webhookDefaults, ...filled });
  expect(Object.keys(input).sort()).toEqual(Object.keys(schema.parse(filled)).sort());
});

test('a setting that differs from the default goes through the form and back', () => {
  const settings = {
    ...webhookDefaults,
    ...filled,
    headers: { 'X-Token': 'a' },
    retry_refusals: false,
    retry_enabled: false,
    max_retries: 7,
    retry_delay: 60,
    timeout_ms: 1500,
    rate_limit: 3,
    ordered: true,
    order_waits: true,
    stale_retries: 'skip' as const,
    skip_own_changes: true,
    coalesce_seconds: 30,
  };
  const { status: _, ...edited } = settings;
  expect(toInput(toFormValues(settings))).toEqual(edited);
});

test('only what was changed is sent', () => {
  const { status: _, ...input } = schema.parse(toInput({ ...toFormValues(stored), retry_refusals: false }));
  expect(changedSettings(input, stored)).toEqual({ retry_refusals: false });
});
