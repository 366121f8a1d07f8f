'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { deliveryKeys, markAsQueued, redeliver } from '@/lib/api/deliveries';
import { toast } from '../../ui/toast';

/** Sends one delivery again. A refusal stays readable in `error`, beside the button. */
export function useRedeliver(id: string) {
  const t = useTranslations('deliveries');
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => redeliver(id),
    onSuccess: (delivery) => {
      client.setQueryData(deliveryKeys.one(id), delivery);
      markAsQueued(client, (row) => row.id === id);
      toast.success(t('redeliver.queued'));
    },
    onSettled: () => client.invalidateQueries({ queryKey: deliveryKeys.all }),
  });
}
