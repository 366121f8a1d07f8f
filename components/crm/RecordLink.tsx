'use client';

import { useQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { sessionQuery } from '@/lib/api/session';
import { recordPath } from '@/lib/domain/recordPath';
import { DropdownMenuItem } from '../ui/DropdownMenu';
import { Link } from '../ui/Link';

/** Leads from a row's menu to what was sent of it, for those who may see that. */
export function RecordLink({ id }: { id: string }) {
  const t = useTranslations('crm');
  const isAdmin = useQuery(sessionQuery).data?.role === 'admin';
  if (!isAdmin) return null;
  return (
    <DropdownMenuItem asChild>
      <Link href={recordPath(id)}>
        <History aria-hidden />
        {t('sent')}
      </Link>
    </DropdownMenuItem>
  );
}
