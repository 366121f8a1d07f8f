'use client';

import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { searchTerm } from '@/lib/domain/searchTerm';

const pauseMs = 300;

/**
 * A search field whose text is the person's own, to the last space, and the term that it stands for, applied once
 * they pause. What comes from elsewhere (a link, the way back, filters cleared) replaces the text.
 * @param applied the term in force
 * @param apply puts another one in force, at once
 * @returns props of a SearchInput
 */
export function useSearchText(applied: string, apply: (term: string) => void) {
  const [text, setText] = useState(applied);
  const [composing, setComposing] = useState(false);
  /** The last term in force or asked for. */
  const latest = useRef(applied);
  const ask = useEffectEvent((term: string) => {
    latest.current = term;
    apply(term);
  });
  useEffect(() => {
    if (applied === latest.current) return;
    latest.current = applied;
    setText(applied);
  }, [applied]);
  useEffect(() => {
    const term = searchTerm(text);
    // Half of a composed character is no term yet.
    if (composing || term === latest.current) return;
    const timer = setTimeout(() => ask(term), pauseMs);
    return () => clearTimeout(timer);
  }, [text, composing]);
  return { value: text, onValueChange: setText, onComposition: setComposing };
}
