'use client';

import { useQuery } from '@tanstack/react-query';
import { FileJson } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useTheme } from 'next-themes';
import { useEffect, useRef } from 'react';
import { apiDocumentQuery } from '@/lib/api/apiDocument';
import { ErrorState } from '../shell/ErrorState';
import { Button } from '../ui/Button';
import { PageHeader } from '../ui/PageHeader';
import { Skeleton } from '../ui/Skeleton';

type Explorer = HTMLElement & { loadSpec(document: object): Promise<void> };

/** The renderer reads no oklch: the tokens of globals.css, as it can. */
const colours = {
  light: {
    'bg-color': '#fdfcfb',
    'text-color': '#1b1e2b',
    'primary-color': '#2f42c9',
    'secondary-color': '#2f42c9',
  },
  dark: {
    'bg-color': '#101319',
    'text-color': '#eaecf0',
    'primary-color': '#8fa4ff',
    'secondary-color': '#8fa4ff',
  },
};

/** Every route of the API, to read and to try on one's own session. */
export function ApiReference() {
  const t = useTranslations('common.apiReference');
  const locale = useLocale();
  const { resolvedTheme } = useTheme();
  const place = useRef<HTMLDivElement>(null);
  const { data, error, refetch } = useQuery(apiDocumentQuery);

  useEffect(() => {
    if (!data) return;
    let isGone = false;
    const explorer = document.createElement('openapi-explorer') as Explorer;
    const attributes = {
      ...colours[resolvedTheme === 'dark' ? 'dark' : 'light'],
      'nav-bg-color': resolvedTheme === 'dark' ? '#101319' : '#fdfcfb',
      'nav-text-color': resolvedTheme === 'dark' ? '#eaecf0' : '#1b1e2b',
      'server-url': window.location.origin,
      'hide-server-selection': 'true',
      'hide-authentication': 'true', // the session's cookie goes along by itself
      'fetch-credentials': 'same-origin',
      collapse: 'true',
    };
    for (const [name, value] of Object.entries(attributes)) explorer.setAttribute(name, value);
    const show = async () => {
      await import('openapi-explorer/dist/browser/openapi-explorer.min.js');
      if (isGone) return;
      place.current?.replaceChildren(explorer);
      // It changes what it is given, and takes its language from there.
      const copy = structuredClone(data);
      await explorer.loadSpec({ ...copy, info: { ...(copy.info as object), 'x-locale': locale } });
    };
    void show();
    return () => {
      isGone = true;
      explorer.remove();
    };
  }, [data, locale, resolvedTheme]);

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
      {error && !data ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <div ref={place} className="min-h-96 overflow-hidden rounded-lg border">
          <Skeleton className="h-96" />
        </div>
      )}
    </>
  );
}
