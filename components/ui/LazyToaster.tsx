'use client';

import dynamic from 'next/dynamic';
import { useEffect, useState } from 'react';
import { onFirstToast } from './toast';

const Toaster = dynamic(() => import('./Toaster').then((file) => file.Toaster));

/** The Toaster, fetched with the first message. */
export function LazyToaster() {
  const [needed, setNeeded] = useState(false);
  useEffect(() => onFirstToast(() => setNeeded(true)), []);
  return needed && <Toaster />;
}
