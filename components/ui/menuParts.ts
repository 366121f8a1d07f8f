'use client';

/** The menu's machinery: positions, focus, type-ahead. Fetched when a menu is about to be opened. */
export { Menu } from 'radix-ui/internal';
