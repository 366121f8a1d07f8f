'use client';

import { useTranslations } from 'next-intl';
import type { Reconciliation } from '@/lib/domain/reconciliation';
import { Backfill } from './Backfill';

type UntoldRowsProps = { webhookId: string; tables: Reconciliation['tables'] };

/**
 * Rows of attached tables that have no such event in that time, and a way to tell the webhook of all rows; nothing where no
 * attached table is listened to.
 */
export function UntoldRows({ webhookId, tables }: UntoldRowsProps) {
  const t = useTranslations('webhooks.reconciliation.tables');
  if (tables.length === 0) return null;
  return (
    <section aria-labelledby="untold-title" className="flex flex-col gap-2">
      <h2 id="untold-title" className="text-base">
        {t('title')}
      </h2>
      <p className="max-w-prose text-muted text-sm">{t('intro')}</p>
      <ul className="flex flex-col gap-1 text-sm">
        {tables.map((of) => (
          <li key={of.event_type} className="flex flex-wrap items-center gap-x-3">
            <span className="font-mono">{of.table}</span>
            <span>
              {of.untold === null
                ? t('unknown', { type: of.event_type })
                : t('untold', { count: of.untold, type: of.event_type })}
            </span>
            <Backfill webhookId={webhookId} table={of} />
          </li>
        ))}
      </ul>
    </section>
  );
}
