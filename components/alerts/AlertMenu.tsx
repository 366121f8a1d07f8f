'use client';

import { BellOff, BellRing, Pencil, Send, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { Link } from '@/components/ui/Link';
import type { Alert } from '@/lib/domain/alert';
import { RowMenu } from '../crm/RowMenu';
import { useExplanation } from '../receivers/useExplanation';
import { useProblemText } from '../shell/useProblemText';
import { AlertDialog } from '../ui/AlertDialog';
import { DropdownMenuItem, DropdownMenuSeparator } from '../ui/DropdownMenu';
import { AlertFormDialog } from './lazyDialogs';
import { useAlertActions } from './useAlertActions';

/** What can be done with one alert. */
export function AlertMenu({ alert }: { alert: Alert }) {
  const t = useTranslations('alerts');
  const problemText = useProblemText();
  const explain = useExplanation();
  const { update, remove, test } = useAlertActions();
  const [editing, setEditing] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const onError = (error: unknown) => toast.error(problemText(error));
  const active = alert.status === 'active';
  const sendTest = () =>
    test.mutate(alert.id, {
      onError,
      onSuccess: ({ id, status, last_error_kind: kind, last_status_code: code }) => {
        const log = { description: <Link href={`/deliveries/${id}`}>{t('seeDelivery')}</Link> };
        if (status === 'success') toast.success(t('testSent', { name: alert.name }), log);
        else toast.error(t('testFailed', { why: kind ? explain(kind, code, true).title : status }), log);
      },
    });
  return (
    <>
      <RowMenu label={t('menu', { name: alert.name })}>
        <DropdownMenuItem disabled={test.isPending} onSelect={sendTest}>
          <Send aria-hidden />
          {t('test')}
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => setEditing(true)}>
          <Pencil aria-hidden />
          {t('edit')}
        </DropdownMenuItem>
        <DropdownMenuItem
          onSelect={() =>
            update.mutate({ id: alert.id, patch: { status: active ? 'inactive' : 'active' } }, { onError })
          }
        >
          {active ? <BellOff aria-hidden /> : <BellRing aria-hidden />}
          {active ? t('switchOff') : t('switchOn')}
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        <DropdownMenuItem danger onSelect={() => setDeleting(true)}>
          <Trash2 aria-hidden />
          {t('delete')}
        </DropdownMenuItem>
      </RowMenu>
      <AlertFormDialog open={editing} onOpenChange={setEditing} alert={alert} />
      <AlertDialog
        open={deleting}
        onOpenChange={setDeleting}
        danger
        title={t('deleteTitle', { name: alert.name })}
        description={t('deleteText')}
        confirmLabel={t('delete')}
        pending={remove.isPending}
        onConfirm={() => remove.mutate(alert.id, { onSuccess: () => setDeleting(false), onError })}
      />
    </>
  );
}
