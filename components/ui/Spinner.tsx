import { LoaderCircle } from 'lucide-react';
import { cn } from './cn';

/** A turning circle beside words that say what is going on; by itself it says nothing to a screen reader. */
export function Spinner({ className }: { className?: string }) {
  return <LoaderCircle aria-hidden className={cn('size-4 animate-spin', className)} />;
}
