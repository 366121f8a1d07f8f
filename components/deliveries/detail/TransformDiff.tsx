'use client';

import { useTranslations } from 'next-intl';
import type { Attempt, DeliveryDetail } from '@/lib/domain/delivery';
import { Badge } from '../../ui/Badge';
import { DiffView } from './DiffView';
import { isSameJson } from './isSameJson';
import { Nothing } from './Nothing';

type TransformDiffProps = { delivery: DeliveryDetail; attempt: Attempt | undefined };

/** What the transform made of the event's data: the original against what this attempt sent. */
export function TransformDiff({ delivery, attempt }: TransformDiffProps) {
  const t = useTranslations('deliveries.diff');
  if (!attempt) return <Nothing>{t('notYet')}</Nothing>;
  if (!delivery.event) return <Nothing>{t('payloadGone')}</Nothing>;
  if (delivery.event.erased_at) return <Nothing>{t('erased')}</Nothing>;
  if (attempt.request_body === null) return <Nothing>{t('nothingSent')}</Nothing>;
  const sent = sentPayload(attempt.request_body, delivery.event_type);
  const before = delivery.event.payload;
  const same = isSameJson(before, sent.payload);
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <p className="flex flex-wrap items-center gap-2 text-muted text-sm">
        <Badge>{t(sent.format)}</Badge>
        {t(same ? 'same' : 'changed')}
      </p>
      {!same && <DiffView before={before} after={sent.payload} label={t('label')} />}
    </div>
  );
}

/** The data inside the body: in an envelope under `payload`, else the body itself. */
function sentPayload(body: string, eventType: string): { format: 'envelope' | 'raw'; payload: unknown } {
  const parsed: unknown = parse(body);
  if (typeof parsed === 'object' && parsed !== null && 'event_type' in parsed && 'payload' in parsed) {
    if (Object.keys(parsed).join() === 'event_type,payload,timestamp' && parsed.event_type === eventType)
      return { format: 'envelope', payload: parsed.payload };
  }
  return { format: 'raw', payload: parsed };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
