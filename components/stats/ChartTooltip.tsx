import { cn } from '../ui/cn';

/** One of the things that a chart counts. */
export type Series = { name: string; swatch: string };

type ChartTooltipProps = {
  /** Where it points, from 0 (left) to 1 (right). */
  at: number;
  title: string;
  series: readonly Series[];
  numbers: readonly string[];
};

/** The exact numbers of one period, on the side where there is room. */
export function ChartTooltip({ at, title, series, numbers }: ChartTooltipProps) {
  const side =
    at < 0.5 ? { left: `calc(${at * 100}% + 10px)` } : { right: `calc(${(1 - at) * 100}% + 10px)` };
  return (
    <span
      aria-hidden
      style={side}
      className="pointer-events-none absolute top-1 z-20 grid w-max max-w-56 grid-cols-[auto_1fr_auto] items-center gap-x-2 gap-y-0.5 rounded-md bg-ink px-2.5 py-1.5 text-canvas text-xs tabular-nums shadow-lg"
    >
      <span className="col-span-3 font-medium">{title}</span>
      {series.map(({ name, swatch }, index) => (
        <span key={name} className="contents">
          <span className={cn('size-2 rounded-full', swatch)} />
          <span>{name}</span>
          <span className="text-right">{numbers[index]}</span>
        </span>
      ))}
    </span>
  );
}
