'use client';

import { Pencil, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import type { Lead } from '@/lib/domain/crm';
import { useProblemText } from '../shell/useProblemText';
import { AlertDialog } from '../ui/AlertDialog';
import { DropdownMenuItem, DropdownMenuSeparator } from '../ui/DropdownMenu';
import { LeadDialog } from './lazyDialogs';
import { RecordLink } from './RecordLink';
import { RowMenu } from './RowMenu';
import { useLeadActions } from './useLeadActions';

/** What can be done with one lead. */
export function LeadMenu({ lead }: { lead: Lead }) {
  const t = useTranslations('crm');
  const problemText = useProblemText();
  const [dialog, setDialog] = useState<'edit' | 'delete' | null>(null);
  const { remove } = useLeadActions();
  const toggle = (name: 'edit' | 'delete') => (open: boolean) => setDialog(open ? name : null);
  const name = [lead.prenom, lead.nom].filter(Boolean).join(' ');
  return (
    <>
      <RowMenu label={t('menu', { name })}>
        <DropdownMenuItem onSelect={() => setDialog('edit')}>
          <Pencil aria-hidden />
          {t('edit')}
        </DropdownMenuItem>
        <RecordLink id={lead.id} />
        <DropdownMenuSeparator />
        <DropdownMenuItem danger onSelect={() => setDialog('delete')}>
          <Trash2 aria-hidden />
          {t('delete')}
        </DropdownMenuItem>
      </RowMenu>
      <LeadDialog lead={lead} open={dialog === 'edit'} onOpenChange={toggle('edit')} />
      <AlertDialog
        open={dialog === 'delete'}
        onOpenChange={toggle('delete')}
        danger
        title={t('deleteTitle', { name })}
        description={t('leads.deleteText')}
        confirmLabel={t('delete')}
        pending={remove.isPending}
        onConfirm={() =>
          remove.mutate(lead, {
            onSuccess: () => setDialog(null),
            onError: (error) => toast.error(problemText(error)),
          })
        }
      />
    </>
  );
}
