'use client';

import { useEffect, useEffectEvent } from 'react';
import { isPressed, type KeyPlace, keys } from './keys';

type Handlers<Place extends KeyPlace> = {
  /** @returns false when the key is left to the browser */
  [Name in keyof (typeof keys)[Place]]: (event: KeyboardEvent) => unknown;
};

/** Listens for the keys of one place while what calls this is drawn. */
export function useKeys<Place extends KeyPlace>(place: Place, handlers: Handlers<Place>) {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    for (const [name, key] of Object.entries(keys[place])) {
      if (!isPressed(key, event)) continue;
      if (handlers[name as keyof Handlers<Place>](event) !== false) event.preventDefault();
      return;
    }
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}
