'use client';

import { useQuery } from '@tanstack/react-query';
import { FileJson } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { apiDocumentQuery } from '@/lib/api/apiDocument';
import { ErrorState } from '../shell/ErrorState';
import { Button } from '../ui/Button';
import { lazily } from '../ui/lazily';
import { PageHeader } from '../ui/PageHeader';
import { Skeleton } from '../ui/Skeleton';

const meanwhile = <Skeleton className="h-96" />;
const ApiExplorer = lazily(() => import('./ApiExplorer').then((file) => file.ApiExplorer), meanwhile);

/** Every route of the API, to read and to try on one's own session. */
export function ApiReference() {
  const t = useTranslations('common.apiReference');
  const { data, error, refetch } = useQuery(apiDocumentQuery);
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('intro')}
        actions={
          <Button asChild variant="secondary">
            <a href="/api/openapi.json" download="openapi.json">
              <FileJson aria-hidden />
              {t('download')}
            </a>
          </Button>
        }
      />
      {data ? (
        <ApiExplorer spec={data} />
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        meanwhile
      )}
    </>
  );
}
