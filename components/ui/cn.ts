import { type ClassValue, clsx } from 'clsx';

/**
 * Joins class names. Two Tailwind classes for the same property must not meet: a primitive writes what its `className`
 * may change with the variant `base:`, and of two states only one gives its class.
 */
export function cn(...classes: ClassValue[]): string {
  return clsx(classes);
}
