'use client';

import { ArrowUpRight } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Link } from '@/components/ui/Link';
import type { Attempt, DeliveryDetail } from '@/lib/domain/delivery';
import { useExplanation } from '../../receivers/useExplanation';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { CodeBlock } from '../../ui/CodeBlock';
import { useDuration } from '../../ui/useDuration';

const looks = {
  success: { tone: 'success', title: 'success' },
  failed: { tone: 'danger', title: 'failed' },
  skipped: { tone: 'info', title: 'skipped' },
  pending: { tone: 'warning', title: 'waiting' },
  retrying: { tone: 'warning', title: 'waiting' },
} as const;

/** How a delivery ended: status, duration, answer; on failure the cause and the cure. */
export function DeliveryOutcome({ delivery }: { delivery: DeliveryDetail }) {
  const t = useTranslations('webhooks.outcome');
  const attempt = delivery.attempts.at(-1);
  const look = looks[delivery.status];
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <Banner tone={look.tone} title={t(look.title)}>
        <OutcomeText delivery={delivery} attempt={attempt} />
      </Banner>
      {attempt?.response_status != null && <ResponseBody attempt={attempt} />}
      {attempt?.request_body && (
        <div className="flex flex-col gap-1.5">
          <p className="font-medium text-sm">{t('sent')}</p>
          <CodeBlock code={attempt.request_body} language="json" label={t('sent')} className="max-h-56" />
        </div>
      )}
      <div className="flex items-center justify-between gap-3 text-muted text-xs">
        <span>{attempt ? t('attempt', { attempt: attempt.attempt }) : null}</span>
        <Button asChild size="sm">
          <Link href={`/deliveries/${delivery.id}`}>
            {t('open')}
            <ArrowUpRight aria-hidden />
          </Link>
        </Button>
      </div>
    </div>
  );
}

function OutcomeText({ delivery, attempt }: { delivery: DeliveryDetail; attempt: Attempt | undefined }) {
  const t = useTranslations('webhooks.outcome');
  const explain = useExplanation();
  const duration = useDuration();
  const kind = attempt?.error_kind ?? delivery.last_error_kind;
  const why = kind && explain(kind, attempt?.response_status ?? null, delivery.is_test);
  const message = attempt?.error_message ?? delivery.last_error;
  return (
    <div className="flex flex-col gap-1">
      {attempt?.response_status != null && (
        <p>{t('summary', { status: attempt.response_status, duration: duration(attempt.duration_ms) })}</p>
      )}
      {delivery.status === 'skipped' && <p>{t('skippedText')}</p>}
      {why && (
        <>
          <p>{why.cause}</p>
          <p>
            <span className="font-medium">{t('cure')}</span> {why.cure}
          </p>
        </>
      )}
      {why && delivery.is_test && <p>{t('once')}</p>}
      {message && attempt?.response_status == null && (
        <p className="wrap-anywhere text-xs">
          <span className="font-medium">{t('detail')}</span> <span className="font-mono">{message}</span>
        </p>
      )}
    </div>
  );
}

function ResponseBody({ attempt }: { attempt: Attempt }) {
  const t = useTranslations('webhooks.outcome');
  return (
    <div className="flex flex-col gap-1.5">
      <p className="font-medium text-sm">{t('response')}</p>
      {attempt.response_body ? (
        <CodeBlock code={attempt.response_body} language="json" label={t('response')} className="max-h-48" />
      ) : (
        <p className="text-muted text-sm">{t('emptyResponse')}</p>
      )}
      {attempt.response_truncated && <p className="text-muted text-xs">{t('truncated')}</p>}
    </div>
  );
}
