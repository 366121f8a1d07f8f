import type { KeyboardEvent } from 'react';

const steps: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * Arrow keys, Home and End inside a group that is one stop of the Tab key (WAI-ARIA, roving tabindex).
 * @param role of the elements between which they move
 * @returns what has the focus now, or undefined for another key
 */
export function moveFocus(event: KeyboardEvent<HTMLElement>, role: 'radio' | 'tab'): HTMLElement | undefined {
  const step = steps[event.key];
  if (!step && event.key !== 'Home' && event.key !== 'End') return undefined;
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>(`[role=${role}]:not(:disabled)`)];
  const from = items.indexOf(document.activeElement as HTMLElement);
  const item = items.at(step ? (from + step) % items.length : event.key === 'Home' ? 0 : -1);
  item?.focus();
  event.preventDefault();
  return item;
}
