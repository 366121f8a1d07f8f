'use client';

import { useTranslations } from 'next-intl';
import type { IssuedToken } from '@/lib/domain/issuedToken';
import { Badge } from '../ui/Badge';
import { RelativeTime } from '../ui/RelativeTime';
import { useNow } from '../ui/useNow';

/** Until when a token is good, or why it is not any more. */
export function TokenEnd({ token }: { token: IssuedToken }) {
  const t = useTranslations('tokens');
  const now = useNow();
  if (token.revoked_at) return <Badge>{t('revoked')}</Badge>;
  if (token.expires_at === null) return <span className="text-muted">{t('never')}</span>;
  if (Date.parse(token.expires_at) <= now) return <Badge tone="warning">{t('expired')}</Badge>;
  return <RelativeTime at={token.expires_at} className="rounded-sm" />;
}
