'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { toast } from 'sonner';
import { Link } from '@/components/ui/Link';
import { deliveryKeys } from '@/lib/api/deliveries';
import { sessionQuery } from '@/lib/api/session';
import type { WebhookEventType } from '@/lib/domain/eventTypes';

/** Says to how many webhooks an event goes, with the way to its deliveries for those who may see them. */
export function useEventToast() {
  const t = useTranslations('crm.event');
  const client = useQueryClient();
  const isAdmin = useQuery(sessionQuery).data?.role === 'admin';

  /** @param deliveries null when it could not be asked: the event goes out with what was saved all the same */
  const announce = (event: WebhookEventType, deliveries: number | null) => {
    void client.invalidateQueries({ queryKey: deliveryKeys.all });
    if (deliveries === null) {
      toast.info(t('saved', { event }), { duration: 7000 });
      return;
    }
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

  /** Triggers an event from the browser: the row has told it already, so that nothing is lost without an answer. */
  const send = async (event: WebhookEventType, trigger: Promise<{ deliveries: number }>) =>
    announce(
      event,
      await trigger.then(
        ({ deliveries }) => deliveries,
        () => null,
      ),
    );
  return { announce, send };
}
