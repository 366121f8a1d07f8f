'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { createInbox, inboxListQuery } from '@/lib/api/playground';

/** Creates an inbox by its name and goes to it. */
export function useCreateInbox() {
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: (name: string) => createInbox({ name, behaviour: 'ok' }),
    onSuccess: (inbox) => {
      client.setQueryData(inboxListQuery.queryKey, (inboxes) => [...(inboxes ?? []), inbox]);
      router.replace(`/playground?inbox=${inbox.id}`, { scroll: false });
    },
  });
}
