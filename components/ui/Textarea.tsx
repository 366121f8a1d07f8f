import type { ComponentProps } from 'react';
import { cn } from './cn';
import { controlClass } from './Input';

export function Textarea({ className, rows = 3, ...props }: ComponentProps<'textarea'>) {
  return (
    <textarea rows={rows} className={cn(controlClass, 'px-3 py-2 base:text-sm', className)} {...props} />
  );
}
