import { cn } from '../ui/cn';

type LinesProps = {
  /** Per line, one value per period; null where nothing was measured: the line is interrupted. */
  lines: readonly { values: readonly (number | null)[]; stroke: string; dot: string }[];
  top: number;
};

/** Lines over the periods; a value without neighbours is a dot. */
export function Lines({ lines, top }: LinesProps) {
  const count = lines[0]?.values.length ?? 0;
  return (
    <>
      <svg
        aria-hidden
        viewBox={`0 0 ${count} ${top}`}
        preserveAspectRatio="none"
        className="absolute inset-0 size-full overflow-visible"
      >
        {lines.map(({ values, stroke }) => (
          <path
            key={stroke}
            d={pathOf(values, top)}
            fill="none"
            strokeWidth={1.75}
            strokeLinejoin="round"
            vectorEffect="non-scaling-stroke"
            className={stroke}
          />
        ))}
      </svg>
      {lines.flatMap(({ values, dot }) =>
        values.map((value, index) =>
          value === null ? null : (
            <span
              aria-hidden
              // biome-ignore lint/suspicious/noArrayIndexKey: a period is its place
              key={`${dot}${index}`}
              className={cn('-translate-x-1/2 absolute size-1.5 translate-y-1/2 rounded-full', dot)}
              style={{ left: `${((index + 0.5) / count) * 100}%`, bottom: `${(value / top) * 100}%` }}
            />
          ),
        ),
      )}
    </>
  );
}

function pathOf(values: readonly (number | null)[], top: number): string {
  const steps = values.map((value, index) => {
    if (value === null) return '';
    const command = index > 0 && values[index - 1] !== null ? 'L' : 'M';
    return `${command}${index + 0.5} ${top - value}`;
  });
  return steps.join('');
}
