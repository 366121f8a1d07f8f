'use client';

import { type ComponentType, useState } from 'react';
import { lazily } from './lazily';

/** A dialog that draws nothing, and so fetches nothing, until it is opened for the first time. */
export function onceOpened<Props extends { open: boolean }>(fetch: () => Promise<ComponentType<Props>>) {
  const Dialog = lazily(fetch);
  // biome-ignore lint/correctness/noComponentHookFactories: called once per dialog, at the top of a module
  return function OnceOpened(props: Props) {
    const [used, setUsed] = useState(props.open);
    if (props.open && !used) setUsed(true);
    return used ? <Dialog {...props} /> : null;
  };
}
