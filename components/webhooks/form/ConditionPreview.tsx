'use client';

import { Check, Minus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import type { ConditionPreview as Preview } from '@/lib/domain/conditions';
import { useProblemText } from '../../shell/useProblemText';
import { Button } from '../../ui/Button';
import { cn } from '../../ui/cn';
import { RelativeTime } from '../../ui/RelativeTime';
import type { useConditionPreview } from './useConditionPreview';

/** How many of the last events meet the conditions, and which. */
export function ConditionPreview({ preview }: { preview: ReturnType<typeof useConditionPreview> }) {
  const t = useTranslations('webhooks.form');
  const problemText = useProblemText();
  const id = useId();
  const [open, setOpen] = useState(false);
  const { data, error, asksNothing, isSettled } = preview;
  const met = data?.events.filter((event) => event.meets).length ?? 0;
  const count = data?.events.length ?? 0;
  const summary = () => {
    if (error) return problemText(error);
    if (!data) return '';
    if (count === 0) return t('conditionPreviewNone');
    return asksNothing ? t('conditionPreviewWaits') : t('conditionPreview', { met, count });
  };
  return (
    <div className={cn('flex flex-col gap-2 transition-opacity', !isSettled && 'opacity-60')}>
      <p aria-live="polite" className="font-medium text-sm">
        {summary()}
      </p>
      {data && count > 0 && !asksNothing && (
        <>
          <Button
            variant="link"
            size="sm"
            className="self-start"
            aria-expanded={open}
            aria-controls={id}
            onClick={() => setOpen(!open)}
          >
            {t(open ? 'conditionPreviewHide' : 'conditionPreviewWhich')}
          </Button>
          <ul id={id} hidden={!open} className="grid gap-x-6 gap-y-1 text-sm xl:grid-cols-2">
            {data.events.map((event) => (
              <PreviewedEvent key={event.id} event={event} />
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function PreviewedEvent({ event }: { event: Preview['events'][number] }) {
  const t = useTranslations('webhooks.form');
  const Mark = event.meets ? Check : Minus;
  return (
    <li className="flex min-w-0 items-center gap-2">
      <Mark
        role="img"
        aria-label={t(event.meets ? 'conditionMet' : 'conditionNotMet')}
        className={cn('size-4 shrink-0', event.meets ? 'text-success-ink' : 'text-muted')}
      />
      <span className={cn('truncate', !event.meets && 'text-muted')}>
        {event.record_label ?? event.record_id ?? event.event_type}
      </span>
      <span className="shrink-0 font-mono text-2xs text-muted">{event.event_type}</span>
      <RelativeTime at={event.occurred_at} className="ml-auto shrink-0 rounded-sm text-muted text-xs" />
    </li>
  );
}
