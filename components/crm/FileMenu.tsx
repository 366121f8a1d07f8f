'use client';

import { Download, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { fileContentPath } from '@/lib/api/crm';
import type { CrmFile } from '@/lib/domain/crm';
import { useProblemText } from '../shell/useProblemText';
import { AlertDialog } from '../ui/AlertDialog';
import { DropdownMenuItem, DropdownMenuSeparator } from '../ui/DropdownMenu';
import { RecordLink } from './RecordLink';
import { RowMenu } from './RowMenu';
import { useFileActions } from './useFileActions';

/** What can be done with one file. */
export function FileMenu({ file }: { file: CrmFile }) {
  const t = useTranslations('crm');
  const problemText = useProblemText();
  const [deleting, setDeleting] = useState(false);
  const { remove } = useFileActions();
  return (
    <>
      <RowMenu label={t('menu', { name: file.nom })}>
        <DropdownMenuItem asChild>
          <a href={fileContentPath(file.id)} download>
            <Download aria-hidden />
            {t('files.download')}
          </a>
        </DropdownMenuItem>
        <RecordLink id={file.id} />
        <DropdownMenuSeparator />
        <DropdownMenuItem danger onSelect={() => setDeleting(true)}>
          <Trash2 aria-hidden />
          {t('delete')}
        </DropdownMenuItem>
      </RowMenu>
      <AlertDialog
        open={deleting}
        onOpenChange={setDeleting}
        danger
        title={t('deleteTitle', { name: file.nom })}
        description={t('files.deleteText')}
        confirmLabel={t('delete')}
        pending={remove.isPending}
        onConfirm={() =>
          remove.mutate(file.id, {
            onSuccess: () => setDeleting(false),
            onError: (error) => toast.error(problemText(error)),
          })
        }
      />
    </>
  );
}
