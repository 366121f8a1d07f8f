/** The top of an axis: a round number not below `most`, of which the half is whole from 2 on. */
export function roundTop(most: number): number {
  if (most <= 1) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 4, 6, 8, 10].find((factor) => factor * magnitude >= most) ?? 10;
  return step * magnitude;
}

/** The three lines of an axis, from the top down. */
export const gridLines = (top: number): number[] => (top === 1 ? [1, 0] : [top, top / 2, 0]);

/** A duration in milliseconds to the two digits that a histogram knows. */
export function twoDigits(value: number): number {
  if (value < 100) return value;
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Math.round(value / unit) * unit;
}
