'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Archive, ArchiveRestore, Pencil } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { eventTypesQuery, updateEventType } from '@/lib/api/eventTypes';
import type { EventType } from '@/lib/domain/eventType';
import { useProblemText } from '../shell/useProblemText';
import { Banner } from '../ui/Banner';
import { Button } from '../ui/Button';
import { EventTypeDialog } from './lazyDialogs';

/** What an administrator may do with a type: change it, deprecate it, take that back. */
export function EventTypeActions({ type }: { type: EventType }) {
  const t = useTranslations('events.actions');
  const problemText = useProblemText();
  const client = useQueryClient();
  const [editing, setEditing] = useState(false);
  const isDeprecated = type.deprecated_at !== null;
  const deprecate = useMutation({
    mutationFn: () => updateEventType(type.name, { deprecated: !isDeprecated }),
    onSuccess: () => client.invalidateQueries({ queryKey: eventTypesQuery.queryKey }),
  });
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Button size="sm" onClick={() => setEditing(true)}>
          <Pencil aria-hidden />
          {t('edit')}
        </Button>
        <Button size="sm" variant="ghost" loading={deprecate.isPending} onClick={() => deprecate.mutate()}>
          {isDeprecated ? <ArchiveRestore aria-hidden /> : <Archive aria-hidden />}
          {t(isDeprecated ? 'restore' : 'deprecate')}
        </Button>
        <p className="min-w-0 flex-1 basis-48 text-muted text-xs">
          {t(isDeprecated ? 'restoreHint' : 'deprecateHint')}
        </p>
      </div>
      {deprecate.error && (
        <Banner tone="danger" alert>
          {problemText(deprecate.error)}
        </Banner>
      )}
      <EventTypeDialog type={type} open={editing} onOpenChange={setEditing} />
    </div>
  );
}
