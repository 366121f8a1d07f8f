'use client';

import { useTranslations } from 'next-intl';
import type { Reconciliation } from '@/lib/domain/reconciliation';

/** Rows of attached tables that have no such event in that time; nothing where no attached table is listened to. */
export function UntoldRows({ tables }: { tables: Reconciliation['tables'] }) {
  const t = useTranslations('webhooks.reconciliation.tables');
  if (tables.length === 0) return null;
  return (
    <section aria-labelledby="untold-title" className="flex flex-col gap-2">
      <h2 id="untold-title" className="text-base">
        {t('title')}
      </h2>
      <p className="max-w-prose text-muted text-sm">{t('intro')}</p>
      <ul className="flex flex-col gap-1 text-sm">
        {tables.map(({ table, event_type, untold }) => (
          <li key={event_type} className="flex flex-wrap gap-x-3">
            <span className="font-mono">{table}</span>
            <span>
              {untold === null
                ? t('unknown', { type: event_type })
                : t('untold', { count: untold, type: event_type })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
