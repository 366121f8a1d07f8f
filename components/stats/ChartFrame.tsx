'use client';

import { useTranslations } from 'next-intl';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from 'react';
import { cn } from '../ui/cn';
import { ChartTooltip, type Series } from './ChartTooltip';
import { gridLines, roundTop } from './chartScale';

type ChartFrameProps = {
  title: string;
  /** How many periods stand side by side. */
  count: number;
  /** The largest value. */
  most: number;
  formatValue: (value: number) => string;
  labelOf: (index: number) => string;
  tickOf: (index: number) => string | null;
  series: readonly Series[];
  /** The exact numbers of a period, one per series. */
  numbersOf: (index: number) => readonly string[];
  /** What to say in place of the plot when there is nothing to draw. */
  empty: string | null;
  /** A click or Enter on a period. */
  onPick?: (index: number) => void;
  className?: string;
  /** The marks, drawn between 0 and `top`. */
  children: (top: number) => ReactNode;
};

/**
 * Title, legend, axes and the numbers of the period under the pointer. By keyboard it is a slider over the periods: ←/→
 * move, and each step is read out with its numbers.
 */
export function ChartFrame(props: ChartFrameProps) {
  const { title, count, labelOf, numbersOf, series, onPick } = props;
  const t = useTranslations('stats');
  const [active, setActive] = useState<number | null>(null);
  const top = roundTop(props.most);
  const shown = active === null ? null : Math.min(active, count - 1);
  const pick = (event: PointerEvent<HTMLDivElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setActive(Math.min(count - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * count))));
  };
  const press = (event: KeyboardEvent) => {
    const next = keyTarget(event.key, shown ?? count - 1, count);
    if (event.key === 'Enter' && shown !== null) onPick?.(shown);
    else if (next === undefined) return;
    else setActive(next);
    event.preventDefault();
  };
  const read = (index: number) =>
    [labelOf(index), ...series.map(({ name }, n) => `${name} ${numbersOf(index)[n]}`)].join(', ');
  return (
    <figure className="flex min-w-0 flex-col gap-3">
      <figcaption className="font-medium text-sm">{title}</figcaption>
      {props.empty ? (
        <p
          className={cn(
            'grid place-items-center rounded-md border border-dashed text-muted text-sm',
            props.className,
          )}
        >
          {props.empty}
        </p>
      ) : (
        <div className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2">
          <Axis top={top} format={props.formatValue} />
          <div
            role="slider"
            tabIndex={0}
            aria-label={title}
            aria-valuemin={1}
            aria-valuemax={count}
            aria-valuenow={(shown ?? count - 1) + 1}
            aria-valuetext={read(shown ?? count - 1)}
            aria-description={onPick ? t('pickHint') : undefined}
            onKeyDown={press}
            onBlur={() => setActive(null)}
            onPointerMove={pick}
            onPointerDown={pick}
            onPointerLeave={() => setActive(null)}
            onClick={() => shown !== null && onPick?.(shown)}
            className={cn(
              'relative rounded-sm',
              onPick ? 'cursor-pointer' : 'cursor-default',
              props.className,
            )}
          >
            <Grid top={top} />
            {shown !== null && (
              <span
                aria-hidden
                className="absolute inset-y-0 bg-hover"
                style={{ left: `${(shown / count) * 100}%`, width: `${100 / count}%` }}
              />
            )}
            {props.children(top)}
            {shown !== null && (
              <ChartTooltip
                at={(shown + 0.5) / count}
                title={labelOf(shown)}
                series={series}
                numbers={numbersOf(shown)}
              />
            )}
          </div>
          <span />
          <Ticks count={count} tickOf={props.tickOf} />
          <span />
          <Legend series={series} />
        </div>
      )}
    </figure>
  );
}

function keyTarget(key: string, from: number, count: number): number | null | undefined {
  if (key === 'ArrowLeft' || key === 'ArrowDown') return Math.max(0, from - 1);
  if (key === 'ArrowRight' || key === 'ArrowUp') return Math.min(count - 1, from + 1);
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return key === 'Escape' ? null : undefined;
}

function Legend({ series }: { series: readonly Series[] }) {
  return (
    <span aria-hidden className="mt-1 flex flex-wrap gap-x-3 gap-y-1 text-2xs text-muted">
      {series.map(({ name, swatch }) => (
        <span key={name} className="inline-flex items-center gap-1.5">
          <span className={cn('size-2 rounded-full', swatch)} />
          {name}
        </span>
      ))}
    </span>
  );
}

function Axis({ top, format }: { top: number; format: (value: number) => string }) {
  return (
    <div
      aria-hidden
      className="-my-2 flex min-w-6 flex-col justify-between text-right text-2xs text-muted tabular-nums leading-4"
    >
      {gridLines(top).map((value) => (
        <span key={value}>{format(value)}</span>
      ))}
    </div>
  );
}

function Grid({ top }: { top: number }) {
  return (
    <span aria-hidden className="absolute inset-0 flex flex-col justify-between">
      {gridLines(top).map((value) => (
        <span key={value} className={cn('h-px', value === 0 ? 'bg-line-strong' : 'bg-line')} />
      ))}
    </span>
  );
}

function Ticks({ count, tickOf }: { count: number; tickOf: (index: number) => string | null }) {
  return (
    <div aria-hidden className="relative mt-1 h-4 text-2xs text-muted tabular-nums">
      {Array.from({ length: count }, (_, index) => index).map((index) => {
        const text = index / count < 0.9 ? tickOf(index) : null;
        return (
          text && (
            <span
              key={index}
              className="absolute whitespace-nowrap"
              style={{ left: `${(index / count) * 100}%` }}
            >
              {text}
            </span>
          )
        );
      })}
    </div>
  );
}
