'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { deliveryKeys } from '@/lib/api/deliveries';
import { sessionQuery } from '@/lib/api/session';
import type { WebhookEventType } from '@/lib/domain/eventTypes';
import { useProblemText } from '../shell/useProblemText';
import { toast } from '../ui/toast';

type Trigger = (options: { idempotencyKey: string }) => Promise<{ deliveries: number }>;

/** Says to how many webhooks an event goes, with the way to its deliveries for those who may see them. */
export function useEventToast() {
  const t = useTranslations('crm.event');
  const client = useQueryClient();
  const problemText = useProblemText();
  const isAdmin = useQuery(sessionQuery).data?.role === 'admin';

  const announce = (event: WebhookEventType, deliveries: number) => {
    void client.invalidateQueries({ queryKey: deliveryKeys.all });
    const heard = deliveries > 0;
    const link = heard ? `/deliveries?event_type=${event}` : '/webhooks/new';
    const action = isAdmin && (
      <Link
        href={link}
        className="ml-auto shrink-0 rounded-md font-medium text-accent-ink text-xs underline underline-offset-4"
      >
        {t(heard ? 'seeDeliveries' : 'newWebhook')}
      </Link>
    );
    const show = heard ? toast.success : toast.info;
    show(t('sent', { event, count: deliveries }), { action, duration: 7000 });
  };

  /** Triggers an event from the browser; one that did not get through can be sent again, without doubling it. */
  const send = async (event: WebhookEventType, trigger: Trigger, idempotencyKey = randomKey()) => {
    try {
      announce(event, (await trigger({ idempotencyKey })).deliveries);
    } catch (error) {
      toast.error(t('notSent', { event }), {
        description: problemText(error),
        duration: Number.POSITIVE_INFINITY,
        action: { label: t('sendAgain'), onClick: () => void send(event, trigger, idempotencyKey) },
      });
    }
  };
  return { announce, send };
}

/** Works without `crypto.randomUUID`, which plain http on a LAN does not have. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join('');
}
