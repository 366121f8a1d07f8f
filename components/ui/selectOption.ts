import { cn } from './cn';
import { controlClass } from './Input';

export type SelectOption = { value: string; label: string; group?: string };

export type SelectProps = {
  value: string;
  onValueChange: (value: string) => void;
  options: readonly SelectOption[];
  placeholder?: string;
  disabled?: boolean;
  className?: string;
  id?: string;
  'aria-label'?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: boolean;
  'aria-required'?: boolean;
};

/** Of the button that shows what is chosen. */
export const selectClass = cn(
  controlClass,
  'flex h-9 items-center justify-between gap-2 px-3 text-left text-sm [&>span]:truncate',
);

/** The options by the group that they stand under, in the order of its first one; `''` for those without. */
export function optionGroups(options: readonly SelectOption[]): [name: string, options: SelectOption[]][] {
  return [...Map.groupBy(options, (option) => option.group ?? '')];
}
