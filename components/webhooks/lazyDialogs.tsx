'use client';

import dynamic from 'next/dynamic';
import { type ComponentType, useState } from 'react';

/** Draws nothing, and so fetches nothing, until it is opened for the first time. */
function onceOpened<Props extends { open: boolean }>(Dialog: ComponentType<Props>) {
  return function OnceOpened(props: Props) {
    const [used, setUsed] = useState(props.open);
    if (props.open && !used) setUsed(true);
    return used ? <Dialog {...props} /> : null;
  };
}

export const TestDialog = onceOpened(dynamic(() => import('./TestDialog').then((file) => file.TestDialog)));
export const ActivateDialog = onceOpened(
  dynamic(() => import('./ActivateDialog').then((file) => file.ActivateDialog)),
);
export const DeleteDialog = onceOpened(
  dynamic(() => import('./DeleteDialog').then((file) => file.DeleteDialog)),
);
