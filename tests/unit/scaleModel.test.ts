import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { measured } from '../bench/scaleMeasured';
import { modelOf, needsOf, type ScalePoint, type Spent, scalePoints } from '../bench/scaleModel';

const model = modelOf(measured.slice(0, 4));
const held = measured.slice(4);
const page = readFileSync(path.join(import.meta.dirname, '../../docs/scale.md'), 'utf8');

const shown = (value: number) =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(2);
/** A row of a table in docs/scale.md. */
const row = (cells: (string | number)[]) =>
  `| ${cells.map((cell) => (typeof cell === 'number' ? shown(cell) : cell)).join(' | ')} |`;
const nameOf = ({ fanOut, kilobytes }: ScalePoint) => `${kilobytes} KB to ${fanOut}`;
const costs = ({ app, api, database, wal, disk }: Spent) => [app, api, database, wal / 1024, disk / 1024];

test('every point was measured', () => {
  expect(measured.map(({ fanOut, kilobytes }) => ({ fanOut, kilobytes }))).toEqual(scalePoints);
});

describe('the model', () => {
  it('goes through what it was made from', () => {
    for (const point of measured.slice(0, 4)) {
      const predicted = model(point);
      for (const what of ['app', 'database', 'wal', 'disk'] as const)
        expect(predicted[what]).toBeCloseTo(point[what], 6);
    }
  });

  // CPU of a shared machine differs by a fifth from one minute to the next; bytes do not.
  it.each(held.map((point) => [nameOf(point), point] as const))('is not far off at %s', (_, point) => {
    const predicted = model(point);
    for (const [what, tolerance] of [
      ['app', 0.35],
      ['database', 0.35],
      ['wal', 0.2],
      ['disk', 0.2],
    ] as const)
      expect(Math.abs(predicted[what] / point[what] - 1), what).toBeLessThan(tolerance);
  });

  it('is made of the corners of a rectangle', () => {
    expect(() => modelOf(measured.slice(0, 3))).toThrow('Nothing was measured for 8 KB to 10.');
    expect(() => modelOf(measured.slice(0, 1))).toThrow('two fan-outs');
  });
});

describe('docs/scale.md', () => {
  it('has what was measured', () => {
    for (const point of measured) expect(page).toContain(row([nameOf(point), ...costs(point)]));
  });

  it('has what the model says of points that it was not made from', () => {
    for (const point of held) expect(page).toContain(row([nameOf(point), ...costs(model(point))]));
  });

  it.each([
    [1, 1],
    [10, 5],
    [100, 5],
    [1000, 1],
    [1000, 5],
  ])('has what %d events a second to %d need', (eventsPerSecond, fanOut) => {
    const load = { eventsPerSecond, fanOut, kilobytes: 1, receiverSeconds: 0.2, attempts: 1.1, days: 30 };
    const needs = needsOf(model, load);
    expect(page).toContain(
      row([
        `${shown(eventsPerSecond)} to ${fanOut}`,
        needs.appCores,
        needs.databaseCores,
        needs.inFlight,
        String(needs.processes),
        needs.walMegabytesPerSecond,
        needs.diskGigabytes,
        String(needs.connections),
      ]),
    );
  });
});
