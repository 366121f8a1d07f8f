import { describe, expect, it } from 'vitest';
import { isTriggerable, listensTo } from '@/lib/domain/eventName';
import { eventSchemas } from '@/lib/domain/eventSchemas';
import {
  eventTypes,
  preselectedSample,
  subscribableEventNames,
  subscribableEventTypes,
} from '@/lib/domain/eventTypes';
import { subscriptionSchema } from '@/lib/domain/subscription';

describe('the catalogue', () => {
  it.each(subscribableEventNames)('has a sample of %s that fits its schema', (name) => {
    expect(eventSchemas[name].safeParse(subscribableEventTypes[name].sample).error).toBeUndefined();
  });

  it('lets a webhook listen to what the system emits, and nobody trigger it', () => {
    expect(subscriptionSchema.safeParse('webhook.disabled').success).toBe(true);
    expect(isTriggerable('webhook.disabled')).toBe(false);
    expect(Object.keys(eventTypes).every(isTriggerable)).toBe(true);
  });

  it.each(['lead.created', 'order_line.paid', 'lead.*', '*', 'webhook.*'])(
    'takes the subscription %j',
    (name) => {
      expect(subscriptionSchema.safeParse(name).success).toBe(true);
    },
  );

  it.each([
    '',
    'toString',
    'lead',
    'lead.',
    '.created',
    'Lead.created',
    'lead.created.twice',
    '*.created',
    'lead.c*',
    '**',
    `lead.${'x'.repeat(100)}`,
    'lead.créé',
  ])('takes no subscription %j', (name) => {
    expect(isTriggerable(name)).toBe(false);
    expect(subscriptionSchema.safeParse(name).success).toBe(false);
  });
});

it.each([
  [['lead.created'], 'lead.created', true],
  [['lead.created'], 'lead.updated', false],
  [['lead.*'], 'lead.updated', true],
  [['lead.*'], 'leads.updated', false],
  [['*'], 'order.paid', true],
  [['*'], 'webhook.disabled', false],
  [['webhook.*'], 'webhook.disabled', true],
])('who listens to %j and %s: %j', (events, name, listens) => {
  expect(listensTo(events, name)).toBe(listens);
});

describe('the sample that is preselected for a test', () => {
  it('is the plain message where no script looks for fields', () => {
    expect(preselectedSample({ transform_enabled: false, events: ['lead.created'] })).toBe('webhook.test');
  });
  it('is that of a subscribed event where one does, the first of the catalogue, as the list shows them', () => {
    const webhook = { transform_enabled: true, events: ['file.deleted', 'lead.updated'] };
    expect(preselectedSample(webhook)).toBe('lead.updated');
    expect(preselectedSample({ ...webhook, events: ['webhook.disabled'] })).toBe('webhook.disabled');
  });
  it('is none of an event that left the catalogue', () => {
    expect(preselectedSample({ transform_enabled: true, events: ['lead.gone'] })).toBe('webhook.test');
  });
});
