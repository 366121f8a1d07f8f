import type { ComponentProps } from 'react';
import { cn } from './cn';

export function Label({ className, htmlFor, ...props }: ComponentProps<'label'> & { htmlFor: string }) {
  // biome-ignore lint/a11y/noLabelWithoutControl: `htmlFor` names it
  return <label htmlFor={htmlFor} className={cn('font-medium text-ink text-sm', className)} {...props} />;
}
