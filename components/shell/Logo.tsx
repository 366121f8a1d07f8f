import { cn } from '@/components/ui/cn';

/** The product's mark: two links of a chain, one event handed on. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 32 32" className={cn('size-7', className)}>
      <rect width="32" height="32" rx="9" className="fill-accent" />
      <path
        d="M18.5 9.5h-6a6.5 6.5 0 0 0 0 13H14M13.5 22.5h6a6.5 6.5 0 0 0 0-13H18"
        className="stroke-on-accent"
        fill="none"
        strokeWidth="2.75"
        strokeLinecap="round"
      />
    </svg>
  );
}
