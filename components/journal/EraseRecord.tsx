'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Eraser } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { followJob } from '@/lib/api/jobs';
import { eraseRecord } from '@/lib/api/journal';
import { useProblemText } from '../shell/useProblemText';
import { AlertDialog } from '../ui/AlertDialog';
import { Banner } from '../ui/Banner';
import { Button } from '../ui/Button';

/** Erases what is kept of a record; says beforehand what goes and what stays. */
export function EraseRecord({ recordId, label }: { recordId: string; label: string }) {
  const t = useTranslations('events.record.erase');
  const problemText = useProblemText();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const erase = useMutation({
    mutationFn: () => eraseRecord(recordId),
    onSuccess: async ({ events, ended, job }) => {
      if (job) followJob(client, job);
      toast.success(t(job ? 'begun' : 'done', { count: events, ended }));
      setAsking(false);
      await client.invalidateQueries();
    },
  });
  return (
    <>
      <Button variant="secondary" onClick={() => setAsking(true)}>
        <Eraser aria-hidden />
        {t('open')}
      </Button>
      <AlertDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('title', { label })}
        description={t('text')}
        confirmLabel={t('confirm')}
        pending={erase.isPending}
        onConfirm={() => erase.mutate()}
        danger
      >
        {erase.error && (
          <Banner tone="danger" alert>
            {problemText(erase.error)}
          </Banner>
        )}
      </AlertDialog>
    </>
  );
}
