'use client';

import { createContext } from 'react';

/** True inside a modal panel: what opens from there must not be put into the page behind it. */
export const InOverlay = createContext(false);
