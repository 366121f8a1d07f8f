'use client';

import { FolderOpen, Upload } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { fileContentPath, fileListQuery } from '@/lib/api/crm';
import type { CrmFile } from '@/lib/domain/crm';
import { Button } from '../ui/Button';
import type { Column } from '../ui/dataTableTypes';
import { EmptyState } from '../ui/EmptyState';
import { PageHeader } from '../ui/PageHeader';
import { RelativeTime } from '../ui/RelativeTime';
import { CrmTable } from './CrmTable';
import { FileMenu } from './FileMenu';
import { LeadName } from './LeadName';
import { UploadDialog } from './lazyDialogs';

/** Files: the database emits their events in the transaction of the row. */
export function FileList() {
  const t = useTranslations('crm');
  const locale = useLocale();
  const [uploading, setUploading] = useState(false);
  const columns: Column<CrmFile>[] = [
    {
      id: 'name',
      header: t('files.nom'),
      cell: ({ id, nom }) => (
        <a
          href={fileContentPath(id)}
          download
          className="wrap-anywhere rounded-sm font-medium underline-offset-4 hover:underline"
        >
          {nom}
        </a>
      ),
    },
    {
      id: 'type',
      header: t('files.type'),
      cell: ({ type_mime }) => (
        <span className="wrap-anywhere font-mono text-muted text-xs">{type_mime}</span>
      ),
      hideOnPhone: true,
    },
    {
      id: 'size',
      header: t('files.taille'),
      align: 'right',
      cell: ({ taille }) => <span className="tabular-nums">{sizeText(taille, locale)}</span>,
    },
    { id: 'lead', header: t('files.lead'), cell: ({ lead_id }) => <LeadName id={lead_id} /> },
    {
      id: 'created',
      header: t('created'),
      cell: ({ created_at }) => <RelativeTime at={created_at} className="rounded-sm text-muted" />,
    },
  ];
  const add = (
    <Button variant="primary" onClick={() => setUploading(true)}>
      <Upload aria-hidden />
      {t('files.new')}
    </Button>
  );
  return (
    <>
      <PageHeader title={t('files.title')} description={t('files.intro')} actions={add} />
      <CrmTable
        label={t('files.title')}
        query={fileListQuery}
        columns={columns}
        rowActions={(file) => <FileMenu file={file} />}
        empty={
          <EmptyState
            icon={FolderOpen}
            title={t('files.emptyTitle')}
            description={t('files.emptyText')}
            actions={add}
          />
        }
      />
      <UploadDialog open={uploading} onOpenChange={setUploading} />
    </>
  );
}

function sizeText(bytes: number, locale: string): string {
  const [value, unit] = bytes < 1000 ? [bytes, 'byte'] : [bytes / 1000, 'kilobyte'];
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: String(unit),
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  }).format(Number(value));
}
