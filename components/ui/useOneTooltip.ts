'use client';

import { useCallback, useEffect, useRef, useState } from 'react';

/** Milliseconds that a pointer rests on something before its tooltip appears. */
const rest = 250;
/** Milliseconds to get from something to its tooltip. */
const way = 150;

/** `soon` and `notSoon` take a moment, which the next call cuts short. */
export type ShowTooltip = (when: 'soon' | 'now' | 'notSoon' | 'not') => void;

let hideShown: (() => void) | null = null;

/** Whether a tooltip is shown. There is one at a time; beside one that is shown, the next needs no rest. */
export function useOneTooltip(): { shown: boolean; show: ShowTooltip } {
  const [shown, setShown] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const hide = useCallback(() => {
    clearTimeout(timer.current);
    if (hideShown === hide) hideShown = null;
    setShown(false);
  }, []);
  const show = useCallback<ShowTooltip>(
    (when) => {
      clearTimeout(timer.current);
      const showNow = () => {
        if (hideShown !== hide) hideShown?.();
        hideShown = hide;
        setShown(true);
      };
      if (when === 'not') hide();
      else if (when === 'notSoon') timer.current = setTimeout(hide, way);
      else if (when === 'now' || hideShown) showNow();
      else timer.current = setTimeout(showNow, rest);
    },
    [hide],
  );
  useEffect(() => hide, [hide]);
  return { shown, show };
}
