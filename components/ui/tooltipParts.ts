'use client';

/** Puts a box beside an element. Fetched when a tooltip is about to be shown. */
export { Popper } from 'radix-ui/internal';
