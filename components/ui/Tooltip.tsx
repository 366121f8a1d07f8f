'use client';

import {
  type ReactElement,
  type ReactNode,
  type RefObject,
  Suspense,
  use,
  useEffect,
  useId,
  useRef,
} from 'react';
import { createPortal } from 'react-dom';
import { fetchedOnce } from './fetchedOnce';
import { Slot } from './Slot';
import { type ShowTooltip, useOneTooltip } from './useOneTooltip';

const tooltipParts = fetchedOnce(() => import('./tooltipParts'));

type Side = 'top' | 'right' | 'bottom' | 'left';

type TooltipProps = {
  content: ReactNode;
  side?: Side;
  children: ReactElement;
};

/** Words that appear on hover and on keyboard focus (WCAG 1.4.13). The child must be focusable. */
export function Tooltip({ content, side = 'top', children }: TooltipProps) {
  const id = useId();
  const anchor = useRef<HTMLElement>(null);
  const { shown, show } = useOneTooltip();
  return (
    <>
      <Slot
        ref={anchor}
        aria-describedby={shown ? id : undefined}
        onPointerEnter={({ pointerType }) => {
          if (pointerType === 'touch') return;
          tooltipParts.ahead();
          show('soon');
        }}
        onPointerLeave={() => show('notSoon')}
        onPointerDown={() => show('not')}
        onFocus={({ currentTarget }) => currentTarget.matches(':focus-visible') && show('now')}
        onBlur={() => show('not')}
      >
        {children}
      </Slot>
      {shown && (
        <Suspense>
          <Words id={id} side={side} anchor={anchor} show={show}>
            {content}
          </Words>
        </Suspense>
      )}
    </>
  );
}

type WordsProps = {
  id: string;
  side: Side;
  anchor: RefObject<HTMLElement | null>;
  show: ShowTooltip;
  children: ReactNode;
};

function Words({ id, side, anchor, show, children }: WordsProps) {
  const { Popper } = use(tooltipParts());
  useEffect(() => {
    const hide = () => show('not');
    const hideOnEscape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation(); // what stands below, such as a sheet, stays open
      hide();
    };
    window.addEventListener('keydown', hideOnEscape, true);
    window.addEventListener('scroll', hide, true);
    return () => {
      window.removeEventListener('keydown', hideOnEscape, true);
      window.removeEventListener('scroll', hide, true);
    };
  }, [show]);
  return (
    <Popper.Root>
      <Popper.Anchor virtualRef={anchor} />
      {createPortal(
        <Popper.Content
          id={id}
          role="tooltip"
          side={side}
          sideOffset={6}
          collisionPadding={8}
          onPointerEnter={() => show('now')}
          onPointerLeave={() => show('notSoon')}
          className="pointer-events-auto z-50 max-w-72 animate-pop-in rounded-md bg-ink px-2.5 py-1.5 text-canvas text-xs shadow-lg"
        >
          {children}
        </Popper.Content>,
        document.body,
      )}
    </Popper.Root>
  );
}
