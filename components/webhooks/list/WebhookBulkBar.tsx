'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Power, PowerOff, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { deliveryKeys } from '@/lib/api/deliveries';
import { jobKeys } from '@/lib/api/jobs';
import { updateWebhook, webhookKeys } from '@/lib/api/webhooks';
import type { WebhookListItem } from '@/lib/domain/webhook';
import { useProblemText } from '../../shell/useProblemText';
import { AlertDialog } from '../../ui/AlertDialog';
import { Button } from '../../ui/Button';
import { RadioCards } from '../../ui/RadioCards';

type WebhookBulkBarProps = { chosen: readonly WebhookListItem[]; onClear: () => void };
type Waiting = 'send' | 'cancel';

/** Switches the ticked webhooks on or off; says how many, and asks what becomes of what waits. */
export function WebhookBulkBar({ chosen, onClear }: WebhookBulkBarProps) {
  const t = useTranslations('webhooks.bulk');
  const activate = useTranslations('webhooks.activate');
  const [asking, setAsking] = useState<'active' | 'inactive' | null>(null);
  const [waiting, setWaiting] = useState<Waiting>('send');
  const off = chosen.filter(({ status }) => status === 'inactive');
  const on = chosen.filter(({ status }) => status === 'active');
  const waits = off.some((webhook) => webhook.waiting > 0);
  const change = useSetStatuses(() => {
    setAsking(null);
    onClear();
  });
  const count = asking === 'active' ? off.length : on.length;
  return (
    <>
      <section
        aria-label={t('label')}
        className="-translate-x-1/2 fixed bottom-4 left-1/2 z-30 flex w-max max-w-[calc(100vw-1.5rem)] animate-pop-in flex-wrap items-center gap-2 rounded-xl border border-line-strong/60 bg-raised py-2 pr-2 pl-4 shadow-lg md:bottom-6"
      >
        <p aria-live="polite" className="mr-2 whitespace-nowrap font-medium text-sm tabular-nums">
          {t('selected', { count: chosen.length })}
        </p>
        {off.length > 0 && (
          <Button variant="primary" size="sm" onClick={() => setAsking('active')}>
            <Power aria-hidden />
            {t('activate', { count: off.length })}
          </Button>
        )}
        {on.length > 0 && (
          <Button size="sm" onClick={() => setAsking('inactive')}>
            <PowerOff aria-hidden />
            {t('deactivate', { count: on.length })}
          </Button>
        )}
        <Button variant="ghost" size="icon-sm" aria-label={t('clear')} onClick={onClear}>
          <X aria-hidden />
        </Button>
      </section>
      <AlertDialog
        open={asking !== null}
        onOpenChange={(open) => !open && setAsking(null)}
        title={t(asking === 'active' ? 'activateTitle' : 'deactivateTitle', { count })}
        description={t(asking === 'active' ? 'activateText' : 'deactivateText')}
        confirmLabel={t(asking === 'active' ? 'activate' : 'deactivate', { count })}
        pending={change.isPending}
        onConfirm={() =>
          asking === 'active'
            ? change.mutate({ webhooks: off, change: { status: 'active', waiting } })
            : change.mutate({ webhooks: on, change: { status: 'inactive' } })
        }
      >
        {asking === 'active' && waits && (
          <RadioCards<Waiting>
            legend={activate('legend')}
            value={waiting}
            onValueChange={setWaiting}
            options={(['send', 'cancel'] as const).map((value) => ({
              value,
              label: activate(value),
              hint: activate(`${value}Hint`),
            }))}
          />
        )}
      </AlertDialog>
    </>
  );
}

type Change = { status: 'active' | 'inactive'; waiting?: Waiting };

/** One after the other: each is checked and noted as when it is switched by itself. What is refused is said with its name. */
function useSetStatuses(onDone: () => void) {
  const t = useTranslations('webhooks.bulk');
  const problemText = useProblemText();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ webhooks, change }: { webhooks: readonly WebhookListItem[]; change: Change }) => {
      const refused: string[] = [];
      for (const { id, name } of webhooks)
        await updateWebhook(id, change).catch((error: unknown) =>
          refused.push(t('refused', { name, reason: problemText(error) })),
        );
      return { done: webhooks.length - refused.length, refused };
    },
    onSuccess: ({ done, refused }, { change }) => {
      const [first] = refused;
      const description =
        refused.length > 1 ? t('refusedMore', { first: first ?? '', count: refused.length - 1 }) : first;
      const text = t(change.status === 'active' ? 'activated' : 'deactivated', { count: done });
      if (refused.length === 0) toast.success(text);
      else toast.warning(text, { description });
      onDone();
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: webhookKeys.all }),
        client.invalidateQueries({ queryKey: deliveryKeys.all }),
        client.invalidateQueries({ queryKey: jobKeys.all }),
      ]),
  });
}
