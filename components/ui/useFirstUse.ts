'use client';

import { type ComponentType, useState } from 'react';

/**
 * What opens by a button, fetched when that is first used (on the way to it, if a pointer or the focus tells), and drawn
 * from then on in the button's place. When it cannot be fetched nothing is lost: the next press tries again.
 */
export function useFirstUse<Props>(fetch: () => Promise<ComponentType<Props>>) {
  const [Fetched, setFetched] = useState<ComponentType<Props> | null>(null);
  const ahead = () => void fetch().catch(() => undefined);
  const open = () =>
    void fetch().then(
      (component) => setFetched(() => component),
      () => undefined,
    );
  return { Fetched, trigger: { onPointerEnter: ahead, onFocus: ahead, onClick: open } };
}
