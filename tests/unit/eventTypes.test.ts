import { describe, expect, it } from 'vitest';
import { webhookBadgeStatus } from '@/components/webhooks/webhookBadgeStatus';
import { eventSchemas, subscribableEventSchema } from '@/lib/domain/eventSchemas';
import {
  eventTypes,
  isTriggerable,
  subscribableEventNames,
  subscribableEventTypes,
} from '@/lib/domain/eventTypes';

describe('the catalogue', () => {
  it.each(subscribableEventNames)('has a sample of %s that fits its schema', (name) => {
    expect(eventSchemas[name].safeParse(subscribableEventTypes[name].sample).error).toBeUndefined();
  });

  it('lets a webhook listen to what the system emits, and nobody trigger it', () => {
    expect(subscribableEventSchema.safeParse('webhook.disabled').success).toBe(true);
    expect(isTriggerable('webhook.disabled')).toBe(false);
    expect(Object.keys(eventTypes).every(isTriggerable)).toBe(true);
  });

  it.each(['webhook.test', 'lead.sold', 'toString', ''])('knows no event %j', (name) => {
    expect(isTriggerable(name)).toBe(false);
    expect(subscribableEventSchema.safeParse(name).success).toBe(false);
  });
});

describe('the status shown of a webhook', () => {
  const now = Date.parse('2026-03-30T10:00:00Z');
  const failing = (paused_until: string | null) => ({
    failing_since: '2026-03-30T09:00:00.000Z',
    failures: 21,
    paused_until,
  });
  it.each([
    ['active', 'active', null, null],
    ['active', 'active', null, failing(null)],
    ['paused', 'active', null, failing('2026-03-30T10:00:01.000Z')],
    ['active', 'active', null, failing('2026-03-30T10:00:00.000Z')], // half open: a delivery tries
    ['inactive', 'inactive', null, failing('2026-03-30T10:00:01.000Z')],
    ['disabled', 'inactive', 'gone', null],
    ['disabled', 'inactive', 'failing', null],
  ] as const)('is %s', (shown, status, disabled_reason, health) => {
    expect(webhookBadgeStatus({ status, disabled_reason, health }, now)).toBe(shown);
  });
});
