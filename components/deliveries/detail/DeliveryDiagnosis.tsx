'use client';

import { ArrowUpRight, CircleMinus, Stethoscope } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Link } from '@/components/ui/Link';
import { answerExcerpt } from '@/lib/domain/answerExcerpt';
import type { DeliveryDetail, DeliveryErrorKind } from '@/lib/domain/delivery';
import { failureNature, remedyPage } from '@/lib/domain/statusFamily';
import { useExplanation } from '../../receivers/useExplanation';
import { cn } from '../../ui/cn';

/** Why the last attempt failed, what to do about it, and what it means for other deliveries; nothing when the delivery arrived. */
export function DeliveryDiagnosis({ delivery }: { delivery: DeliveryDetail }) {
  const t = useTranslations('deliveries.diagnosis');
  const explain = useExplanation();
  const { last_error_kind: kind, last_status_code: status, last_error: message, webhook } = delivery;
  if (delivery.status === 'skipped')
    return <Skipped superseded={delivery.last_error_kind === 'superseded'} />;
  if (!kind || delivery.status === 'success') return null;
  const nature = delivery.is_test ? null : failureNature(kind, status);
  const { title, cause, cure } = explain(kind, status, delivery.is_test);
  const page = webhook && remedyPage(kind, status);
  const final = delivery.status === 'failed';
  return (
    <section
      aria-labelledby="diagnosis-title"
      className={cn(
        'flex gap-3 rounded-lg border px-4 py-3.5',
        final ? 'border-danger/25 bg-danger-soft' : 'border-warning/35 bg-warning-soft',
      )}
    >
      <Stethoscope
        aria-hidden
        className={cn('mt-0.5 size-4.5 shrink-0', final ? 'text-danger-ink' : 'text-warning-ink')}
      />
      <div className="flex min-w-0 flex-1 flex-col gap-2 text-sm">
        <h3
          id="diagnosis-title"
          className={cn('font-semibold text-sm', final ? 'text-danger-ink' : 'text-warning-ink')}
        >
          {status !== null && kind === 'status' ? t('withStatus', { title, status }) : title}
        </h3>
        <dl className="grid gap-x-3 gap-y-1 sm:grid-cols-[auto_1fr]">
          <dt className="font-medium">{t('cause')}</dt>
          <dd>{cause}</dd>
          <dt className="font-medium max-sm:mt-1">{t('cure')}</dt>
          <dd>{cure}</dd>
          {nature && (
            <>
              <dt className="font-medium max-sm:mt-1">{t('nature')}</dt>
              <dd>{t(`natures.${nature}`)}</dd>
            </>
          )}
        </dl>
        <ReceiverSays delivery={delivery} />
        {message && !saidByStatus.has(kind) && (
          <p className="wrap-anywhere whitespace-pre-wrap rounded-md bg-raised/60 px-2.5 py-1.5 font-mono text-xs">
            {message}
          </p>
        )}
        {page && (
          <Link
            href={`/webhooks/${webhook.id}/${page}`}
            className="inline-flex items-center gap-1 self-start rounded-sm font-medium text-accent-ink hover:underline"
          >
            {t(page)}
            <ArrowUpRight aria-hidden className="size-3.5" />
          </Link>
        )}
      </div>
    </section>
  );
}

/** The telling part of the answer that the last attempt had. */
function ReceiverSays({ delivery: { attempts, last_error_kind: kind } }: { delivery: DeliveryDetail }) {
  const t = useTranslations('deliveries.diagnosis');
  const last = attempts.at(-1);
  if (!last || last.response_status === null || last.error_kind !== kind) return null;
  const complaints = answerExcerpt(last.response_body);
  if (complaints.length === 0) return null;
  return (
    <figure className="flex flex-col gap-1">
      <figcaption className="font-medium">{t('says')}</figcaption>
      <ul className="flex flex-col gap-0.5 rounded-md bg-raised/60 px-2.5 py-1.5">
        {complaints.map(({ field, message }) => (
          <li key={`${field} ${message}`} className="wrap-anywhere font-mono text-xs">
            {field === null ? message : t('complaint', { field, message })}
          </li>
        ))}
      </ul>
    </figure>
  );
}

function Skipped({ superseded }: { superseded: boolean }) {
  const t = useTranslations('deliveries.skipped');
  return (
    <section aria-labelledby="diagnosis-title" className="flex gap-3 rounded-lg border bg-sunken px-4 py-3.5">
      <CircleMinus aria-hidden className="mt-0.5 size-4.5 shrink-0 text-muted" />
      <div className="flex min-w-0 flex-1 flex-col gap-1 text-sm">
        <h3 id="diagnosis-title" className="font-semibold text-sm">
          {t(superseded ? 'supersededTitle' : 'title')}
        </h3>
        <p>{t(superseded ? 'supersededText' : 'text')}</p>
      </div>
    </section>
  );
}

/** Failures whose technical message repeats the status code. */
const saidByStatus = new Set<DeliveryErrorKind>(['status', 'gone', 'redirect', 'throttled']);
