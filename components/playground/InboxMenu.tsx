'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { EllipsisVertical, Pencil, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import {
  deleteInbox,
  inboxListQuery,
  inboxUsersQuery,
  playgroundKeys,
  updateInbox,
} from '@/lib/api/playground';
import type { InboxView } from '@/lib/domain/playground';
import { useProblemText } from '../shell/useProblemText';
import { AlertDialog } from '../ui/AlertDialog';
import { Button } from '../ui/Button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '../ui/DropdownMenu';
import { InboxNameDialog } from './lazyDialogs';

/** What can be done with an inbox: rename, delete. */
export function InboxMenu({ inbox }: { inbox: InboxView }) {
  const t = useTranslations('playground');
  const common = useTranslations('common');
  const client = useQueryClient();
  const problemText = useProblemText();
  const [dialog, setDialog] = useState<'rename' | 'delete' | null>(null);
  const users = useInboxUsers(inbox.id, dialog === 'delete');
  const onError = (error: unknown) => toast.error(problemText(error));
  const refreshInboxes = () => client.invalidateQueries({ queryKey: playgroundKeys.inboxes });
  const remove = useMutation({
    mutationFn: () => deleteInbox(inbox.id),
    onSuccess: () => {
      toast.success(t('deleted', { name: inbox.name }));
      client.setQueryData(inboxListQuery.queryKey, (inboxes) => inboxes?.filter(({ id }) => id !== inbox.id));
    },
    onError,
    onSettled: refreshInboxes,
  });
  const rename = async (name: string) => {
    await updateInbox(inbox.id, { name });
    await refreshInboxes();
  };
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="icon-sm" aria-label={t('menu', { name: inbox.name })}>
            <EllipsisVertical aria-hidden />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent>
          <DropdownMenuItem onSelect={() => setDialog('rename')}>
            <Pencil aria-hidden />
            {t('rename')}
          </DropdownMenuItem>
          <DropdownMenuSeparator />
          <DropdownMenuItem danger onSelect={() => setDialog('delete')}>
            <Trash2 aria-hidden />
            {t('delete')}
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      <InboxNameDialog
        inboxId={inbox.id}
        open={dialog === 'rename'}
        onOpenChange={(open) => setDialog(open ? 'rename' : null)}
        title={t('rename')}
        submitLabel={common('save')}
        initial={inbox.name}
        onSubmit={rename}
      />
      <AlertDialog
        open={dialog === 'delete'}
        onOpenChange={(open) => setDialog(open ? 'delete' : null)}
        danger
        title={t('deleteTitle', { name: inbox.name })}
        description={
          typeof users === 'number'
            ? t('deleteText', { count: users })
            : t(users === 'unknown' ? 'deleteTextUnknown' : 'deleteTextCounting')
        }
        confirmLabel={t('delete')}
        pending={remove.isPending}
        onConfirm={() => remove.mutate()}
      />
    </>
  );
}

/** How many webhooks send to it, as counted at this moment. @param open whether anybody wants to know */
function useInboxUsers(inboxId: string, open: boolean): number | 'counting' | 'unknown' {
  const { data, isFetching, isError } = useQuery({ ...inboxUsersQuery(inboxId), enabled: open });
  if (isFetching || !open) return 'counting';
  return isError || data === undefined ? 'unknown' : data;
}
