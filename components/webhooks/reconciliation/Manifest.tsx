'use client';

import { useTranslations } from 'next-intl';
import { manifestCsvPath } from '@/lib/api/reconciliation';
import { CsvLink } from '../../ui/CsvLink';

type ManifestProps = {
  webhookId: string;
  /** From when on, ISO 8601. */
  since: string;
};

/** What the receiver took, as a file by which it can check itself. */
export function Manifest({ webhookId, since }: ManifestProps) {
  const t = useTranslations('webhooks.reconciliation.manifest');
  return (
    <section aria-label={t('title')} className="flex flex-col gap-2 border-t pt-5">
      <h2 className="text-base">{t('title')}</h2>
      <p className="max-w-prose text-muted text-sm">{t('text')}</p>
      <div>
        <CsvLink href={manifestCsvPath(webhookId, since)} />
      </div>
    </section>
  );
}
