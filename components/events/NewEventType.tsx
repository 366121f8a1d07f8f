'use client';

import { Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { parseAsBoolean, parseAsString, useQueryStates } from 'nuqs';
import { Button } from '../ui/Button';
import { EventTypeDialog } from './lazyDialogs';

/** Adds an event type; the address may ask for the window, and shows what was added. */
export function NewEventType() {
  const t = useTranslations('events');
  const [{ new: asked }, set] = useQueryStates({
    new: parseAsBoolean.withDefault(false),
    type: parseAsString,
  });
  return (
    <>
      <Button variant="primary" onClick={() => set({ new: true })}>
        <Plus aria-hidden />
        {t('newType')}
      </Button>
      <EventTypeDialog
        open={asked}
        onOpenChange={(open) => set({ new: open ? true : null })}
        onCreated={(type) => set({ type })}
      />
    </>
  );
}
