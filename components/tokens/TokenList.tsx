'use client';

import { useQuery } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { tokenListQuery } from '@/lib/api/tokens';
import type { IssuedToken } from '@/lib/domain/issuedToken';
import { ErrorState } from '../shell/ErrorState';
import { Button } from '../ui/Button';
import { DataTable } from '../ui/DataTable';
import type { Column } from '../ui/dataTableTypes';
import { EmptyState } from '../ui/EmptyState';
import { PageHeader } from '../ui/PageHeader';
import { RelativeTime } from '../ui/RelativeTime';
import { MadeTokenDialog, TokenDialog } from './lazyDialogs';
import { RevokeToken } from './RevokeToken';
import { TokenEnd } from './TokenEnd';

/** What machines call the API with: who made which token, for what, and when it was used. */
export function TokenList() {
  const t = useTranslations('tokens');
  const list = useQuery(tokenListQuery);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<{ token: string; scope: IssuedToken['scope'] } | null>(null);
  const columns: Column<IssuedToken>[] = [
    {
      id: 'name',
      header: t('name'),
      cell: ({ name, prefix }) => (
        <span className="flex flex-col">
          <span className="wrap-anywhere font-medium">{name}</span>
          <span className="font-mono text-muted text-xs">{prefix}…</span>
        </span>
      ),
    },
    { id: 'scope', header: t('scope'), cell: ({ scope }) => t(`scopes.${scope}.name`) },
    {
      id: 'by',
      header: t('madeBy'),
      cell: ({ created_by, created_at }) => (
        <span className="flex flex-col">
          <span className="wrap-anywhere">{created_by ?? t('accountGone')}</span>
          <RelativeTime at={created_at} className="self-start rounded-sm text-muted text-xs" />
        </span>
      ),
    },
    {
      id: 'used',
      header: t('lastUsed'),
      cell: ({ last_used_at: at }) =>
        at ? (
          <RelativeTime at={at} className="rounded-sm" />
        ) : (
          <span className="text-muted">{t('unused')}</span>
        ),
    },
    { id: 'end', header: t('expires'), cell: (token) => <TokenEnd token={token} /> },
  ];
  const add = (
    <Button variant="primary" onClick={() => setMaking(true)}>
      <Plus aria-hidden />
      {t('new')}
    </Button>
  );
  return (
    <>
      <PageHeader title={t('title')} description={t('intro')} actions={add} />
      {list.isError && !list.data ? (
        <ErrorState error={list.error} onRetry={() => list.refetch()} />
      ) : (
        <DataTable
          label={t('title')}
          columns={columns}
          rows={list.data}
          rowKey={({ id }) => id}
          rowClassName={({ revoked_at }) => (revoked_at ? 'text-muted' : undefined)}
          rowActions={(token) => !token.revoked_at && <RevokeToken token={token} />}
          empty={
            <EmptyState icon={KeyRound} title={t('emptyTitle')} description={t('emptyText')} actions={add} />
          }
        />
      )}
      <TokenDialog open={making} onOpenChange={setMaking} onMade={setMade} />
      <MadeTokenDialog open={made !== null} made={made} onClose={() => setMade(null)} />
    </>
  );
}
