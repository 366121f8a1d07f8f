'use client';

import { type ComponentType, useState } from 'react';

/** A dialog that draws nothing, and so fetches nothing, until it is opened for the first time. */
export function onceOpened<Props extends { open: boolean }>(Dialog: ComponentType<Props>) {
  return function OnceOpened(props: Props) {
    const [used, setUsed] = useState(props.open);
    if (props.open && !used) setUsed(true);
    return used ? <Dialog {...props} /> : null;
  };
}
