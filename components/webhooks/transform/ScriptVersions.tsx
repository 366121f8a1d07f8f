'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { scriptVersionsQuery } from '@/lib/api/scripts';
import type { ScriptVersion } from '@/lib/domain/script';
import type { Webhook } from '@/lib/domain/webhook';
import { useProblemText } from '../../shell/useProblemText';
import { Badge } from '../../ui/Badge';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { LoadMore } from '../../ui/LoadMore';
import { lazily } from '../../ui/lazily';
import { RelativeTime } from '../../ui/RelativeTime';

const VersionDialog = lazily(() => import('./VersionDialog').then((file) => file.VersionDialog));

/** Every script that the webhook had: when, and by whom; compared with the one it has, and restored. */
export function ScriptVersions({ webhook }: { webhook: Webhook }) {
  const t = useTranslations('webhooks.transform.versions');
  const problemText = useProblemText();
  const versions = useInfiniteQuery(scriptVersionsQuery(webhook.id));
  const [shown, setShown] = useState<ScriptVersion | null>(null);
  const items = versions.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card title={t('title')} description={t('hint')} flush>
      {versions.error && !versions.data && (
        <div className="p-4">
          <Banner tone="danger">{problemText(versions.error)}</Banner>
        </div>
      )}
      {versions.data && items.length === 0 && (
        <p className="px-4 pb-4 text-muted text-sm md:px-5">{t('none')}</p>
      )}
      {items.length > 0 && (
        <ul className="divide-y border-t">
          {items.map((version, index) => (
            <li key={version.id} className="flex items-center gap-3 px-4 py-2 text-sm md:px-5">
              <span className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-3 gap-y-1">
                {version.saved_at ? <RelativeTime at={version.saved_at} /> : <span>{t('before')}</span>}
                {version.saved_at && <Author version={version} />}
                {index === 0 && <Badge tone="accent">{t('current')}</Badge>}
              </span>
              <Button variant="link" className="text-xs" onClick={() => setShown(version)}>
                {index === 0 ? t('see') : t('compare')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <LoadMore
        hasMore={versions.hasNextPage}
        loading={versions.isFetchingNextPage}
        onLoadMore={() => versions.fetchNextPage()}
      />
      {shown && (
        <VersionDialog
          webhook={webhook}
          version={shown}
          isCurrent={shown.id === items[0]?.id}
          onClose={() => setShown(null)}
        />
      )}
    </Card>
  );
}

function Author({ version: { mine, saved_by } }: { version: ScriptVersion }) {
  const t = useTranslations('webhooks.transform.versions');
  const by = mine ? t('mine') : saved_by ? t('account', { id: saved_by.slice(-8) }) : t('service');
  return (
    <span className="text-muted" title={saved_by ?? undefined}>
      {by}
    </span>
  );
}
