import { describe, expect, it } from 'vitest';
import { changedSettings, decided, settingConflicts } from '@/components/webhooks/form/settingConflicts';
import { toFormValues, toInput } from '@/components/webhooks/form/webhookFormValues';
import type { Webhook } from '@/lib/domain/webhook';
import { webhookDefaults } from '@/lib/domain/webhookDefaults';

const base: Webhook = {
  id: '1',
  slug: 'comptes',
  name: 'Slack',
  url: 'https://a.fr/',
  events: ['lead.created', 'lead.deleted'],
  ...webhookDefaults,
  headers: { 'X-A': '1', 'X-Long-Name': '2' },
  disabled_reason: null,
  created_at: '2026-11-26T10:00:00.000Z',
  updated_at: '2026-11-26T10:00:00.000Z',
  version: '2026-11-26T10:00:00.000001+00:00',
  health: null,
};
const mine = (changes: object) => ({ ...toInput(toFormValues(base)), ...changes });
const theirs = (changes: Partial<Webhook>) => ({ ...base, ...changes });

describe('what a form would write', () => {
  it('is what was changed in it, and every setting is in it', () => {
    expect(changedSettings(mine({}), base)).toEqual({});
    expect(changedSettings(mine({ name: 'Teams', rate_limit: 5 }), base)).toEqual({
      name: 'Teams',
      rate_limit: 5,
    });
    const odd: Webhook = {
      ...base,
      retry_refusals: false,
      retry_enabled: false,
      timeout_ms: 1500,
      rate_limit: 3,
      body_format: 'raw',
      seed_signature_enabled: false,
      transform_enabled: true,
      transform_script: 'return 1',
    };
    expect(changedSettings(toInput(toFormValues(odd)), odd)).toEqual({});
  });

  it('is nothing where only an order changed that is not kept', () => {
    const reordered = {
      headers: { 'X-Long-Name': '2', 'X-A': '1' },
      events: ['lead.deleted', 'lead.created'],
    };
    expect(changedSettings(mine(reordered), base)).toEqual({});
    expect(Object.keys(changedSettings(mine({ headers: { 'X-A': '2' } }), base))).toEqual(['headers']);
  });
});

describe('what somebody else saved meanwhile', () => {
  it('is asked about where both changed it, and where only they did', () => {
    const conflicts = settingConflicts(
      base,
      mine({ name: 'Teams', max_retries: 9 }),
      theirs({ name: 'Discord', url: 'https://b.fr/' }),
    );
    expect(conflicts).toEqual([
      { setting: 'name', mine: 'Teams', theirs: 'Discord', touched: true },
      { setting: 'url', mine: 'https://a.fr/', theirs: 'https://b.fr/', touched: false },
    ]);
  });

  it('is no question where both want the same, or they changed nothing that is set here', () => {
    expect(settingConflicts(base, mine({ name: 'Teams' }), theirs({ name: 'Teams' }))).toEqual([]);
    expect(
      settingConflicts(
        base,
        mine({ name: 'Teams' }),
        theirs({ status: 'inactive', disabled_reason: 'gone' }),
      ),
    ).toEqual([]);
    expect(settingConflicts(base, { transform_script: 'x' }, theirs({ name: 'Discord' }))).toEqual([]);
  });

  it('stays where it is not decided otherwise, and one’s own other changes go along', () => {
    const input = mine({ name: 'Teams', max_retries: 9 });
    const other = theirs({ name: 'Discord', url: 'https://b.fr/' });
    const conflicts = settingConflicts(base, input, other);
    expect(changedSettings(decided(input, conflicts, new Set()), other)).toEqual({ max_retries: 9 });
    expect(changedSettings(decided(input, conflicts, new Set(['name'])), other)).toEqual({
      name: 'Teams',
      max_retries: 9,
    });
    expect(changedSettings(decided(input, conflicts, new Set(['name', 'url'])), other)).toEqual({
      name: 'Teams',
      url: 'https://a.fr/',
      max_retries: 9,
    });
  });
});
