import { cn } from './cn';

/** A grey shape where something is about to be; hidden from screen readers. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <div
      aria-hidden
      data-skeleton
      className={cn('base:h-4 animate-shimmer base:rounded-md bg-neutral-soft', className)}
    />
  );
}
