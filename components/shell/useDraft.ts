'use client';

import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { sessionQuery } from '@/lib/api/session';
import { type Draft, forgetDraft, readDraft, writeDraft } from './drafts';

/**
 * The draft of one form of the person who is signed in. It outlives the tab and the session; it ends with a save, or
 * when the person refuses it.
 * @param form names it, such as `webhook 0198…`; null while there is no form
 */
export function useDraft(form: string | null) {
  const person = useQuery(sessionQuery).data?.email;
  const [offer, setOffer] = useState<Draft | null>(null);
  useEffect(() => {
    setOffer(person && form !== null ? readDraft(person, form) : null);
  }, [person, form]);
  /** @param changes null: nothing differs from what is stored */
  const keep = (changes: Omit<Draft, 'at'> | null) => {
    if (!person || form === null) return;
    if (changes) writeDraft(person, form, { at: new Date().toISOString(), ...changes });
    // What was offered and not answered yet stays.
    else if (!offer) forgetDraft(person, form);
  };
  const forget = () => {
    setOffer(null);
    if (person && form !== null) forgetDraft(person, form);
  };
  return {
    /** What was found when the form was opened, until the person says what to do with it. */
    offer,
    keep,
    /** It is in the fields now. */
    taken: () => setOffer(null),
    /** The person does not want it, or leaves what they typed behind. */
    forget,
  };
}
