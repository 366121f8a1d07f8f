'use client';

import { CircleX, Diff } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { ShadowExample } from '@/lib/domain/script';
import { Button } from '../../ui/Button';
import { lazily } from '../../ui/lazily';
import { RelativeTime } from '../../ui/RelativeTime';

const DiffView = lazily(() => import('../../deliveries/detail/DiffView').then((file) => file.DiffView));

/** One event on which the draft did not come to what was sent: the difference, or why there is none. */
export function ShadowExampleRow({ example }: { example: ShadowExample }) {
  const t = useTranslations('webhooks.transform.draft');
  const [open, setOpen] = useState(false);
  const { outcome, event_type, seen_at, live, draft, live_error, draft_error } = example;
  const isDifferent = outcome === 'different';
  const errors = [
    live_error && t('liveFailed', { error: live_error }),
    draft_error && t('draftFailed', { error: draft_error }),
  ].filter(Boolean);
  return (
    <li className="flex min-w-0 flex-col gap-2 px-4 py-2 text-sm md:px-5">
      <div className="flex items-center gap-3">
        {isDifferent ? (
          <Diff aria-label={t('isDifferent')} className="size-4 shrink-0 text-accent-ink" />
        ) : (
          <CircleX aria-label={t('isFailed')} className="size-4 shrink-0 text-danger-ink" />
        )}
        <span className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-3">
          <span className="font-mono text-xs">{event_type}</span>
          <RelativeTime at={seen_at} className="text-muted text-xs" />
          {errors.map((error) => (
            <span key={error} className="wrap-anywhere w-full text-danger-ink text-xs">
              {error}
            </span>
          ))}
        </span>
        {isDifferent && (
          <Button variant="link" className="text-xs" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? t('hide') : t('see')}
          </Button>
        )}
      </div>
      {open &&
        (live !== null && draft !== null ? (
          <DiffView before={JSON.parse(live)} after={JSON.parse(draft)} label={t('difference')} />
        ) : live_error && draft !== null ? (
          <DiffView before={{}} after={JSON.parse(draft)} label={t('difference')} />
        ) : (
          <p className="text-muted text-sm">{t('tooLong')}</p>
        ))}
    </li>
  );
}
