'use client';

import { useEffect, useState } from 'react';
import { lazily } from './lazily';
import { onFirstToast } from './toast';

const Toaster = lazily(() => import('./Toaster').then((file) => file.Toaster));

/** The Toaster, fetched with the first message. */
export function LazyToaster() {
  const [needed, setNeeded] = useState(false);
  useEffect(() => onFirstToast(() => setNeeded(true)), []);
  return needed && <Toaster />;
}
