'use client';

import { CirclePlay } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { toast } from 'sonner';
import type { DeliveryDetail } from '@/lib/domain/delivery';
import type { InboxWebhook } from '@/lib/domain/playground';
import { useWebhookTest } from '../receivers/useWebhookTest';
import { useProblemText } from '../shell/useProblemText';
import { Button } from '../ui/Button';
import { Link } from '../ui/Link';

/** Sends a test; the request shows up in the inbox, and a short message says what the sender made of it. */
export function TestButton({ webhook, primary }: { webhook: InboxWebhook; primary?: boolean }) {
  const t = useTranslations('playground.test');
  const problemText = useProblemText();
  const test = useWebhookTest(webhook.id);
  const report = (delivery: DeliveryDetail) => {
    const good = delivery.status === 'success';
    const action = (
      <Link
        href={`/deliveries/${delivery.id}`}
        className="ml-auto shrink-0 rounded-md font-medium text-accent-ink text-xs underline underline-offset-4"
      >
        {t('see')}
      </Link>
    );
    const show = good ? toast.success : toast.warning;
    show(t(good ? 'succeeded' : 'failed', { name: webhook.name }), { action });
  };
  return (
    <Button
      variant={primary ? 'primary' : 'ghost'}
      size={primary ? 'md' : 'sm'}
      loading={test.isPending}
      aria-label={t('label', { name: webhook.name })}
      onClick={() =>
        test.mutate(undefined, {
          onSuccess: report,
          onError: (error) => toast.error(problemText(error)),
        })
      }
    >
      {!test.isPending && <CirclePlay aria-hidden />}
      {t('action')}
    </Button>
  );
}
