import { cn } from '../ui/cn';

type StackedBarsProps = {
  /** Per period, one number per series: from the bottom of the bar to its top. */
  stacks: readonly (readonly number[])[];
  swatches: readonly string[];
  top: number;
};

/** A bar per period. A count that is not zero is always visible. */
export function StackedBars({ stacks, swatches, top }: StackedBarsProps) {
  return (
    <span aria-hidden className="absolute inset-0 flex items-end">
      {stacks.map((stack, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: a period is its place
          key={index}
          className="flex h-full min-w-0 flex-1 flex-col-reverse overflow-hidden"
        >
          {stack.map((count, n) =>
            count === 0 ? null : (
              <span
                key={swatches[n]}
                className={cn('mx-auto block w-[84%] max-w-8 shrink-0 last:rounded-t-xs', swatches[n])}
                style={{ height: `max(2px, ${(count / top) * 100}%)` }}
              />
            ),
          )}
        </span>
      ))}
    </span>
  );
}
