'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { toast } from 'sonner';
import { deliveryKeys, passOver } from '@/lib/api/deliveries';
import { useProblemText } from '../../shell/useProblemText';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';

/** Says that the record's further deliveries wait for what becomes of this failed one, and goes on without it. */
export function StoppedRecord({ id }: { id: string }) {
  const t = useTranslations('deliveries.stopped');
  const problemText = useProblemText();
  const client = useQueryClient();
  const go = useMutation({
    mutationFn: () => passOver(id),
    onSuccess: (delivery) => {
      client.setQueryData(deliveryKeys.one(id), delivery);
      toast.success(t('done'));
    },
    onSettled: () => client.invalidateQueries({ queryKey: deliveryKeys.all }),
  });
  return (
    <Banner
      tone="warning"
      title={t('title')}
      actions={
        <Button size="sm" loading={go.isPending} onClick={() => go.mutate()}>
          {t('passOver')}
        </Button>
      }
    >
      {go.error ? problemText(go.error) : t('text')}
    </Banner>
  );
}
