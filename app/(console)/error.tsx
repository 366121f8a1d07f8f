'use client';

// The same page, inside the shell: the sidebar stays usable.
export { default } from '../error';
