import type { ComponentProps } from 'react';
import { cn } from './cn';

export const controlClass =
  'base:w-full rounded-md border border-line-strong/80 bg-raised text-ink shadow-xs transition-[border-color,box-shadow] placeholder:text-muted/80 hover:border-line-strong focus-visible:border-accent focus-visible:outline-2 focus-visible:outline-offset-0 focus-visible:outline-accent/35 disabled:cursor-not-allowed disabled:opacity-60 aria-invalid:border-danger aria-invalid:focus-visible:outline-danger/35 max-md:text-[16px]';

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return <input className={cn(controlClass, 'base:h-9 px-3 base:text-sm', className)} {...props} />;
}
