/** One figure: absolute, and as a ratio to another of the same run. */
export type Figure = { name: string; value: number; unit: string; ratio?: number; of?: string };

const shown = (value: number) =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);

/** The figures as a Markdown table. */
export function markdownTable(figures: Figure[]): string {
  const rows = figures.map(({ name, value, unit, ratio, of }) => [
    name,
    `${shown(value)} ${unit}`,
    ratio === undefined ? '' : `${ratio.toFixed(2)} × ${of ?? ''}`,
  ]);
  const lines = [['Figure', 'Measured', 'Ratio'], ['---', '---:', '---'], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The p-th percentile (0 to 1) of some values. */
export function percentile(values: number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
}
