'use client';

import { useEffect } from 'react';

/** How far a hand may stray between pressing and letting go, in CSS pixels. */
const strayed = 4;

/**
 * Clicks what was pressed though it moved meanwhile. When a line comes above a list between pressing and letting go, the
 * browser gives the click to what both places have in common, and nothing happens.
 */
export function useSteadyClicks(): void {
  useEffect(() => {
    let pressed: { control: HTMLElement; top: number; left: number; x: number; y: number } | null = null;
    const onPointerDown = (event: PointerEvent) => {
      const isPlain =
        event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
      const control =
        isPlain && event.target instanceof Element
          ? event.target.closest<HTMLElement>('a[href], button')
          : null;
      if (!control) {
        pressed = null;
        return;
      }
      const { top, left } = control.getBoundingClientRect();
      pressed = { control, top, left, x: event.clientX, y: event.clientY };
    };
    const onClick = (event: MouseEvent) => {
      const was = pressed;
      pressed = null;
      if (!was || !event.isTrusted || !was.control.isConnected) return;
      if (event.target instanceof Node && was.control.contains(event.target)) return;
      if (Math.hypot(event.clientX - was.x, event.clientY - was.y) > strayed) return;
      const { top, left } = was.control.getBoundingClientRect();
      // What stays in its place was left on purpose, or opens by being pressed.
      if (top === was.top && left === was.left) return;
      event.stopPropagation();
      was.control.click();
    };
    // Before anybody else hears of it: React draws what waited for that at once, and moves things.
    window.addEventListener('pointerdown', onPointerDown, true);
    window.addEventListener('click', onClick, true);
    return () => {
      window.removeEventListener('pointerdown', onPointerDown, true);
      window.removeEventListener('click', onClick, true);
    };
  }, []);
}
