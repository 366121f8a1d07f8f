'use client';

/** Inside the shell: the sidebar stays usable. */
export { Crash as default } from '@/components/shell/Crash';
