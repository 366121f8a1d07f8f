'use client';

import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { searchTerm } from '@/lib/domain/searchTerm';

const pauseMs = 300;

/**
 * A search field whose text is the person's own, to the last space, and the term that it stands for, applied once
 * they pause. What comes from elsewhere (a link, the way back, filters cleared) replaces the text; what the field
 * itself asked for does not, however late it arrives.
 * @param applied the term in force
 * @param apply puts another one in force
 * @returns props of a SearchInput
 */
export function useSearchText(applied: string, apply: (term: string) => void) {
  const [text, setText] = useState(applied);
  const [composing, setComposing] = useState(false);
  /** The last term in force or asked for. */
  const latest = useRef(applied);
  /** Asked for, and not in force yet. */
  const asked = useRef<string[]>([]);
  const ask = useEffectEvent((term: string) => {
    latest.current = term;
    asked.current.push(term);
    apply(term);
  });
  useEffect(() => {
    const own = asked.current.indexOf(applied);
    asked.current = own === -1 ? [] : asked.current.slice(own + 1);
    if (own !== -1 || applied === latest.current) return;
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
