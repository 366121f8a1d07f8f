'use client';

import { RotateCw, Terminal } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { toast } from 'sonner';
import { Link } from '@/components/ui/Link';
import type { Attempt, Delivery, DeliveryDetail } from '@/lib/domain/delivery';
import { WebhookError } from '@/lib/domain/errors';
import { recordPath } from '@/lib/domain/recordPath';
import { useProblemText } from '../../shell/useProblemText';
import { Badge } from '../../ui/Badge';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { CopyButton } from '../../ui/CopyButton';
import { copyText } from '../../ui/copyText';
import { RelativeTime } from '../../ui/RelativeTime';
import { CancelButton } from './CancelButton';
import { curlCommand } from './curlCommand';
import { DeliveryBadge } from './DeliveryBadge';
import { useRedeliver } from './useRedeliver';

type DeliverySummaryProps = {
  delivery: Delivery;
  /** Undefined while it loads. */
  detail?: DeliveryDetail;
  /** The attempt that the parts below show. */
  attempt?: Attempt;
};

/** What the delivery is, where it stands, and what can be done with it. */
export function DeliverySummary({ delivery, detail, attempt }: DeliverySummaryProps) {
  const t = useTranslations('deliveries.sheet');
  const problemText = useProblemText();
  const redeliver = useRedeliver(delivery.id);
  const webhook = detail?.webhook;
  const inactive = redeliver.error instanceof WebhookError && redeliver.error.code === 'webhook_inactive';
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="flex min-w-0 flex-col items-start gap-2">
          <p className="wrap-anywhere font-mono font-medium text-lg">{delivery.event_type}</p>
          <div className="flex flex-wrap items-center gap-2">
            <DeliveryBadge delivery={delivery} />
            {delivery.is_test && <Badge>{t('test')}</Badge>}
            {delivery.record_id !== null && (
              <Link
                href={recordPath(delivery.record_id)}
                className="rounded-sm text-accent-ink text-sm hover:underline"
              >
                {t('record')}
              </Link>
            )}
          </div>
        </div>
        <div className="flex flex-wrap items-center gap-2">
          {isWaiting(delivery) && <CancelButton id={delivery.id} />}
          {attempt?.request_url && <CurlButton attempt={attempt} />}
          <Button
            variant="primary"
            size="sm"
            loading={redeliver.isPending}
            disabled={detail && !webhook}
            onClick={() => redeliver.mutate()}
          >
            <RotateCw aria-hidden />
            {t('redeliver')}
          </Button>
        </div>
      </div>
      {redeliver.error && (
        <Banner
          tone="warning"
          alert
          title={t('refused')}
          actions={
            inactive &&
            webhook && (
              <Button asChild size="sm">
                <Link href={`/webhooks/${webhook.id}`}>{t('openWebhook')}</Link>
              </Button>
            )
          }
        >
          {problemText(redeliver.error)}
        </Banner>
      )}
      <dl className="grid gap-x-6 gap-y-3 rounded-lg border bg-raised px-4 py-3 text-sm sm:grid-cols-[1fr_1fr_auto]">
        <Fact label={t('webhook')}>
          {webhook ? (
            <Link href={`/webhooks/${webhook.id}`} className="rounded-sm text-accent-ink hover:underline">
              {webhook.name}
            </Link>
          ) : (
            <span className="text-muted">{detail ? t('deletedWebhook') : '…'}</span>
          )}
        </Fact>
        <Fact label={t('created')}>
          <RelativeTime at={delivery.created_at} />
        </Fact>
        <Fact label={t('id')}>
          <span className="flex min-w-0 items-center gap-1">
            <span className="truncate font-mono text-xs" title={delivery.id}>
              {delivery.id.slice(0, 8)}…{delivery.id.slice(-6)}
            </span>
            <CopyButton text={delivery.id} label={t('copyId')} className="-my-1.5" />
          </span>
        </Fact>
      </dl>
    </div>
  );
}

const isWaiting = ({ status, in_flight }: Delivery) =>
  (status === 'pending' || status === 'retrying') && !in_flight;

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-0.5">
      <dt className="text-muted text-xs">{label}</dt>
      <dd className="wrap-anywhere min-w-0">{children}</dd>
    </div>
  );
}

function CurlButton({ attempt }: { attempt: Attempt }) {
  const t = useTranslations('deliveries.sheet');
  const copy = async () => {
    if (await copyText(curlCommand(attempt)))
      toast.success(t('curlCopied'), { description: t('curlMasked') });
  };
  return (
    <Button size="sm" onClick={copy}>
      <Terminal aria-hidden />
      {t('curl')}
    </Button>
  );
}
