import { describe, expect, it } from 'vitest';
import { ResultBuffer } from '@/lib/engine/resultBuffer';
import type { SettledResult } from '@/lib/store/queueStore';

const result = (id: number, bodyCharacters = 0): SettledResult => ({
  id: String(id),
  fence: 1,
  status: 'success',
  started_at: new Date().toISOString(),
  duration_ms: 1,
  request_body: 'x'.repeat(bodyCharacters),
  response_status: 200,
});

function filled(count: number, bodyCharacters?: number): ResultBuffer {
  const buffer = new ResultBuffer();
  for (let id = 0; id < count; id++) buffer.add(result(id, bodyCharacters));
  return buffer;
}

describe('ResultBuffer', () => {
  it('gives the oldest first, at most as many as asked for', () => {
    const buffer = filled(5);
    expect(buffer.take(3).map(({ id }) => id)).toEqual(['0', '1', '2']);
    expect(buffer.take(3).map(({ id }) => id)).toEqual(['3', '4']);
    expect(buffer.take(3)).toEqual([]);
  });

  it('gives no more large bodies at once than a statement should carry, and loses none', () => {
    const buffer = filled(100, 256 * 1024);
    const sizes: number[] = [];
    while (buffer.size > 0) sizes.push(buffer.take(1000).length);
    expect(sizes).toEqual([32, 32, 32, 4]);
  });

  it('gives one result however large it is', () => {
    expect(filled(2, 9 * 1024 * 1024).take(1000)).toHaveLength(1);
  });

  it('forgets results whose lease must have lapsed when they could not be written', () => {
    const buffer = new ResultBuffer();
    const old = { ...result(1), started_at: new Date(Date.now() - 61_000).toISOString() };
    buffer.putBack([old, result(2)]);
    expect(buffer.take(10).map(({ id }) => id)).toEqual(['2']);
  });
});
