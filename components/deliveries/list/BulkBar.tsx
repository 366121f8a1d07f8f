'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleX, ListChecks, RotateCw, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import {
  type CancelResult,
  cancelMany,
  deliveryKeys,
  markAsQueued,
  type RedeliveryResult,
  redeliverMany,
} from '@/lib/api/deliveries';
import type { Delivery, ReplayRange } from '@/lib/domain/delivery';
import { useProblemText } from '../../shell/useProblemText';
import { AlertDialog } from '../../ui/AlertDialog';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { lazily } from '../../ui/lazily';

const ReplayMatching = lazily(() => import('../replay/ReplayMatching').then((file) => file.ReplayMatching));

type BulkBarProps = {
  rows: readonly Delivery[] | undefined;
  selected: ReadonlySet<string>;
  /** What can be sent again of all that matches, where more matches than is shown. */
  matching: () => ReplayRange | null;
  hasMore: boolean;
  onClear: () => void;
};

/** What can be done with the ticked rows; asks with the numbers first. */
export function BulkBar({ rows, selected, matching, hasMore, onClear }: BulkBarProps) {
  const t = useTranslations('deliveries.bulk');
  const problemText = useProblemText();
  const [asking, setAsking] = useState(false);
  const [cancelling, setCancelling] = useState(false);
  const [replayed, setReplayed] = useState<ReplayRange | null>(null);
  const send = useRedeliverMany(() => {
    setAsking(false);
    onClear();
  });
  const cancel = useCancelMany(() => {
    setCancelling(false);
    onClear();
  });
  const succeeded = rows?.filter((row) => selected.has(row.id) && row.status === 'success').length ?? 0;
  const waiting =
    rows?.filter(
      (row) =>
        selected.has(row.id) && !row.in_flight && (row.status === 'pending' || row.status === 'retrying'),
    ).length ?? 0;
  const count = selected.size;
  const isAll = hasMore && count === rows?.length && matching() !== null;
  return (
    <>
      <section
        aria-label={t('label')}
        className="-translate-x-1/2 fixed bottom-4 left-1/2 z-30 flex w-max max-w-[calc(100vw-1.5rem)] animate-pop-in flex-wrap items-center gap-2 rounded-xl border border-line-strong/60 bg-raised py-2 pr-2 pl-4 shadow-lg md:bottom-6"
      >
        <p aria-live="polite" className="mr-2 whitespace-nowrap font-medium text-sm tabular-nums">
          {t('selected', { count })}
        </p>
        <Button variant="primary" size="sm" onClick={() => setAsking(true)}>
          <RotateCw aria-hidden />
          {t('replay')}
        </Button>
        {isAll && (
          <Button size="sm" onClick={() => setReplayed(matching())}>
            <ListChecks aria-hidden />
            {t('matching')}
          </Button>
        )}
        {waiting > 0 && (
          <Button size="sm" onClick={() => setCancelling(true)}>
            <CircleX aria-hidden />
            {t('cancel')}
          </Button>
        )}
        <Button variant="ghost" size="icon-sm" aria-label={t('clear')} onClick={onClear}>
          <X aria-hidden />
        </Button>
      </section>
      {replayed && <ReplayMatching range={replayed} onClose={() => setReplayed(null)} />}
      <AlertDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('title', { count })}
        description={
          <>
            <p>{t('description')}</p>
            {succeeded > 0 && <p className="mt-2 text-warning-ink">{t('succeeded', { count: succeeded })}</p>}
          </>
        }
        confirmLabel={t('confirm', { count })}
        pending={send.isPending}
        onConfirm={() => send.mutate([...selected])}
      >
        {send.error && (
          <Banner tone="danger" alert>
            {problemText(send.error)}
          </Banner>
        )}
      </AlertDialog>
      <AlertDialog
        open={cancelling}
        onOpenChange={setCancelling}
        danger
        title={t('cancelTitle', { count: waiting })}
        description={t('cancelText')}
        confirmLabel={t('cancelConfirm')}
        keepLabel={t('cancelKeep')}
        pending={cancel.isPending}
        onConfirm={() => cancel.mutate([...selected])}
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

const uncancelled = ['in_flight', 'not_waiting', 'not_found'] as const;

function useCancelMany(onDone: () => void) {
  const t = useTranslations('deliveries.bulk');
  const client = useQueryClient();
  return useMutation({
    mutationFn: cancelMany,
    onSuccess: (answers) => {
      const having = (result: CancelResult) => answers.filter((answer) => answer.result === result).length;
      const others = uncancelled
        .filter((result) => having(result) > 0)
        .map((result) => t(`cancelResults.${result}`, { count: having(result) }));
      const description = others.length > 0 ? others.join(' ') : undefined;
      if (having('cancelled') > 0)
        toast.success(t('cancelDone', { count: having('cancelled') }), { description });
      else toast.warning(t('cancelNone'), { description });
      onDone();
    },
    onSettled: () => client.invalidateQueries({ queryKey: deliveryKeys.all }),
  });
}

const refusals = ['in_flight', 'webhook_inactive', 'erased', 'not_found'] as const;

function useRedeliverMany(onDone: () => void) {
  const t = useTranslations('deliveries.bulk');
  const client = useQueryClient();
  return useMutation({
    mutationFn: redeliverMany,
    onSuccess: (answers) => {
      const having = (result: RedeliveryResult) => answers.filter((answer) => answer.result === result);
      const queued = new Set(having('queued').map((answer) => answer.id));
      markAsQueued(client, (row) => queued.has(row.id));
      const refused = refusals
        .filter((result) => having(result).length > 0)
        .map((result) => t(`results.${result}`, { count: having(result).length }));
      const description = refused.length > 0 ? refused.join(' ') : undefined;
      if (queued.size > 0) toast.success(t('done', { count: queued.size }), { description });
      else toast.warning(t('doneNone'), { description });
      onDone();
    },
    onSettled: () => client.invalidateQueries({ queryKey: deliveryKeys.all }),
  });
}
