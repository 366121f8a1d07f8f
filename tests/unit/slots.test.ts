import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Slots } from '@/lib/engine/slots';

describe('Slots', () => {
  it('holds each webhook’s own limit, and serves what waits in turn', () => {
    const slots = new Slots<string>();
    expect(['a1', 'a2', 'a3', 'a4'].map((work) => slots.take('a', 2, work))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(slots.take('b', 1, 'b1')).toBe(true);
    expect(slots.giveBack('a')).toBe('a3');
    expect(slots.giveBack('a')).toBe('a4');
    expect(slots.giveBack('a')).toBeUndefined();
    expect(slots.take('a', 2, 'a5')).toBe(true);
    expect(slots.take('a', 2, 'a6')).toBe(false);
    expect(slots.empty()).toEqual(['a6']);
    expect(slots.giveBack('a')).toBeUndefined();
  });

  it('never lets more be under way than may, loses nothing and forgets nobody', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.boolean())),
        fc.integer({ min: 1, max: 4 }),
        (steps, most) => {
          const slots = new Slots<number>();
          const underWay: Record<string, number> = { a: 0, b: 0 };
          let [given, begun] = [0, 0];
          for (const [webhook, ends] of steps) {
            if (!ends) {
              given += 1;
              if (slots.take(webhook, most, given)) {
                underWay[webhook] = (underWay[webhook] ?? 0) + 1;
                begun += 1;
              }
            } else if ((underWay[webhook] ?? 0) > 0) {
              if (slots.giveBack(webhook) === undefined) underWay[webhook] = (underWay[webhook] ?? 0) - 1;
              else begun += 1;
            }
            expect(underWay[webhook]).toBeLessThanOrEqual(most);
          }
          expect(begun + slots.empty().length).toBe(given);
        },
      ),
    );
  });
});
