'use client';

import { X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, type RefObject, useEffect, useEffectEvent, useId, useRef } from 'react';
import { Button } from './Button';
import { cn } from './cn';
import { paneWidth } from './paneWidth';

type PaneProps = {
  title: ReactNode;
  /** Beside the close button: neighbours, actions. */
  actions?: ReactNode;
  onClose: () => void;
  /** Where focus goes on closing. */
  returnFocusTo: RefObject<HTMLElement | null>;
  children: ReactNode;
};

/** What is open of a list, beside it: the list stays in use. Escape closes; what is in a `Sheet` on narrow screens. */
export function Pane({ title, actions, onClose, returnFocusTo, children }: PaneProps) {
  const t = useTranslations('common');
  const titleId = useId();
  const panel = useRef<HTMLElement>(null);
  const row = useRef(returnFocusTo);
  useEffect(() => {
    row.current = returnFocusTo;
  });
  useEffect(() => {
    panel.current?.focus({ preventScroll: true });
    return () => {
      // What had it in here has gone with it; whoever is elsewhere stays there.
      requestAnimationFrame(() => {
        if (document.activeElement === document.body) row.current.current?.focus({ preventScroll: true });
      });
    };
  }, []);
  const close = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    // In a field of the list it is that field's.
    if (event.target instanceof HTMLInputElement && !panel.current?.contains(event.target)) return;
    event.preventDefault();
    onClose();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => close(event);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
  return (
    <section
      ref={panel}
      // Not modal: the list beside it is in use as well.
      role="dialog"
      aria-labelledby={titleId}
      tabIndex={-1}
      data-pane
      className={cn(
        paneWidth,
        'sticky top-4 flex h-[calc(100dvh-2rem)] flex-col overflow-hidden rounded-lg border bg-surface shadow-sm outline-none',
      )}
    >
      <header className="flex items-center justify-between gap-3 border-b px-5 py-3">
        <h2 id={titleId} className="min-w-0 truncate text-base">
          {title}
        </h2>
        <div className="flex shrink-0 items-center gap-1">
          {actions}
          <Button variant="ghost" size="icon-sm" aria-label={t('close')} onClick={onClose}>
            <X aria-hidden />
          </Button>
        </div>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
    </section>
  );
}
