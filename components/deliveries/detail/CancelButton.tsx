'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleX } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { cancelDelivery, deliveryKeys } from '@/lib/api/deliveries';
import { useProblemText } from '../../shell/useProblemText';
import { AlertDialog } from '../../ui/AlertDialog';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { toast } from '../../ui/toast';

/** Takes one waiting delivery out of the queue; asks first. */
export function CancelButton({ id }: { id: string }) {
  const t = useTranslations('deliveries.cancel');
  const problemText = useProblemText();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const cancel = useMutation({
    mutationFn: () => cancelDelivery(id),
    onSuccess: (delivery) => {
      client.setQueryData(deliveryKeys.one(id), delivery);
      setAsking(false);
      toast.success(t('done'));
    },
    onSettled: () => client.invalidateQueries({ queryKey: deliveryKeys.all }),
  });
  return (
    <>
      <Button size="sm" onClick={() => setAsking(true)}>
        <CircleX aria-hidden />
        {t('one')}
      </Button>
      <AlertDialog
        open={asking}
        onOpenChange={setAsking}
        danger
        title={t('title')}
        description={t('text')}
        confirmLabel={t('confirm')}
        keepLabel={t('keep')}
        pending={cancel.isPending}
        onConfirm={() => cancel.mutate()}
      >
        {cancel.error && (
          <Banner tone="danger" alert>
            {problemText(cancel.error)}
          </Banner>
        )}
      </AlertDialog>
    </>
  );
}
