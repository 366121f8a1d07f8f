'use client';

import { onceOpened } from './onceOpened';

/** A `Sheet` whose code is fetched when it is opened for the first time. */
export const LazySheet = onceOpened(() => import('./Sheet').then((file) => file.Sheet));
