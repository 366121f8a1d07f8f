import { describe, expect, it, test } from 'vitest';
import {
  isComplete,
  otherType,
  toCondition,
  toConditionRow,
  typedValue,
} from '@/components/webhooks/form/conditionValues';
import { changedSettings } from '@/components/webhooks/form/settingConflicts';
import { formPath, toFormValues } from '@/components/webhooks/form/webhookFormValues';
import type { Condition } from '@/lib/domain/conditions';
import type { Webhook } from '@/lib/domain/webhook';

const conditions: Condition[] = [
  { field: 'statut', operator: 'is', value: 'gagne' },
  { field: 'montant', operator: 'gte', value: 1000 },
  { field: 'actif', operator: 'is_not', value: false },
  { field: 'email', operator: 'is', value: null },
  { field: 'email', operator: 'is', value: '' },
  { field: 'email', operator: 'present' },
  { field: 'statut', operator: 'changed_from_to', value: { from: '', to: 'gagne' } },
  { field: 'statut', operator: 'changed_from_to', value: { to: null } },
];

test.each(conditions)('$field $operator $value goes through the form and back', (condition) => {
  expect(toCondition(toConditionRow(condition))).toEqual(condition);
});

describe('what is typed', () => {
  it.each([
    ['1000', 'is', ['number'], 1000],
    ['1000', 'is', ['null', 'number'], 1000],
    ['1000', 'is', ['string'], '1000'],
    ['1000', 'is', ['number', 'string'], '1000'],
    ['1000', 'is', [], '1000'],
    ['1000', 'gte', [], 1000],
    ['0612', 'gte', [], '0612'],
    ['9007199254740993', 'gte', ['number'], '9007199254740993'],
    ['2026-01-01', 'gt', ['string'], '2026-01-01'],
    ['1000', 'contains', ['number'], '1000'],
    ['true', 'is', ['boolean'], true],
    ['true', 'is', ['string'], 'true'],
    ['', 'is', ['string'], undefined],
  ] as const)('%j for %s of %j', (text, operator, types, value) => {
    expect(typedValue(text, operator, types)).toBe(value);
  });

  it('may be the other of digits', () => {
    expect([otherType(5), otherType('5'), otherType('x'), otherType('05'), otherType(true)]).toEqual([
      '5',
      5,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is asked of events once it says enough', () => {
    expect(isComplete({ field: ' ', operator: 'present' })).toBe(false);
    expect(isComplete({ field: 'a', operator: 'present' })).toBe(true);
    expect(isComplete({ field: 'a', operator: 'is' })).toBe(false);
    expect(isComplete({ field: 'a', operator: 'changed_from_to' })).toBe(false);
    expect(isComplete({ field: 'a', operator: 'changed_from_to', to: 'b' })).toBe(true);
  });
});

test('what is wrong is shown at its row', () => {
  const values = toFormValues();
  const at = (path: string) => formPath({ path, code: 'invalid' }, values);
  expect(at('conditions.2.value')).toBe('conditions.2.value');
  expect(at('conditions.0.value.to')).toBe('conditions.0.to');
});

test('the order in which the database keeps names is no change', () => {
  const kept = { field: 'a', value: 1, operator: 'is' } as const;
  const webhook = { conditions: [kept] } as unknown as Webhook;
  expect(changedSettings({ conditions: [{ field: 'a', operator: 'is', value: 1 }] }, webhook)).toEqual({});
  expect(changedSettings({ conditions: [{ field: 'a', operator: 'is', value: 2 }] }, webhook)).not.toEqual(
    {},
  );
});
