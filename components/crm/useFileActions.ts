'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { crmKeys, deleteFile, uploadFile } from '@/lib/api/crm';
import { useEventToast } from './useEventToast';

/** What can be done with files. The database emits the events with the rows; here we say so. */
export function useFileActions() {
  const client = useQueryClient();
  const { announce } = useEventToast();
  const onSettled = () => client.invalidateQueries({ queryKey: crmKeys.files });
  const upload = useMutation({
    mutationFn: ({ file, leadId }: { file: File; leadId: string | null }) => uploadFile(file, leadId),
    onSuccess: ({ deliveries }) => announce('file.uploaded', deliveries),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (id: string) => deleteFile(id),
    onSuccess: ({ deliveries }) => announce('file.deleted', deliveries),
    onSettled,
  });
  return { upload, remove };
}
