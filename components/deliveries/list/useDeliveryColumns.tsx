'use client';

import { useFormatter, useTranslations } from 'next-intl';
import type { Delivery } from '@/lib/domain/delivery';
import { Badge } from '../../ui/Badge';
import { cn } from '../../ui/cn';
import type { Column } from '../../ui/dataTableTypes';
import { RelativeTime } from '../../ui/RelativeTime';
import { useDuration } from '../../ui/useDuration';
import { DeliveryBadge } from '../detail/DeliveryBadge';
import { HttpStatus } from '../detail/HttpStatus';
import { recordName } from '../detail/recordName';
import type { KnownNames } from './useWebhookNames';

/**
 * The columns of the list.
 * @param names of the rows' webhooks; null to leave that column out
 * @param narrow without attempts and duration
 */
export function useDeliveryColumns(names: KnownNames | null, narrow: boolean): Column<Delivery>[] {
  const t = useTranslations('deliveries');
  const kinds = useTranslations('errors.kinds');
  const duration = useDuration();
  const format = useFormatter();
  const columns: (Column<Delivery> | false)[] = [
    {
      id: 'delivery',
      header: t('columns.delivery'),
      className: narrow ? 'md:w-full md:max-w-0' : undefined,
      cell: (row) => (
        <span
          className={cn(
            'flex min-w-0 gap-x-3 gap-y-1',
            narrow ? 'flex-col items-start' : 'flex-wrap items-center',
          )}
        >
          <span className={cn('inline-flex', !narrow && 'md:min-w-46')}>
            <DeliveryBadge delivery={row} />
          </span>
          <span className={cn('flex min-w-0 flex-col max-md:w-full', narrow && 'w-full')}>
            <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <span className="wrap-anywhere font-mono text-xs">{row.event_type}</span>
              {row.is_test && <Badge tone="neutral">{t('test')}</Badge>}
            </span>
            <RecordLine row={row} />
          </span>
        </span>
      ),
    },
    names !== null && {
      id: 'webhook',
      header: t('columns.webhook'),
      className: 'md:max-w-56',
      cell: (row) => {
        const name = names.get(row.webhook_id);
        if (name === undefined) return null;
        return name === null ? (
          <span className="text-muted italic">{t('deletedWebhook')}</span>
        ) : (
          <span className="block truncate" title={name}>
            {name}
          </span>
        );
      },
    },
    {
      id: 'answer',
      header: t('columns.answer'),
      className: 'whitespace-nowrap',
      cell: (row) =>
        row.last_status_code !== null && !endedUnsent(row) ? (
          <HttpStatus status={row.last_status_code} />
        ) : row.last_error_kind ? (
          <span className="text-muted text-xs">{kinds(`${row.last_error_kind}.title`)}</span>
        ) : (
          <None />
        ),
    },
    !narrow && {
      id: 'attempts',
      header: t('columns.attempts'),
      align: 'right',
      hideOnPhone: true,
      cell: (row) => <span className="tabular-nums">{format.number(row.attempt_count)}</span>,
    },
    !narrow && {
      id: 'duration',
      header: t('columns.duration'),
      align: 'right',
      hideOnPhone: true,
      className: 'whitespace-nowrap',
      cell: (row) =>
        row.last_duration_ms === null ? (
          <None />
        ) : (
          <span className="tabular-nums">{duration(row.last_duration_ms)}</span>
        ),
    },
    {
      id: 'created',
      header: t('columns.created'),
      align: 'right',
      className: 'whitespace-nowrap text-muted',
      cell: (row) => <RelativeTime at={row.created_at} />,
    },
  ];
  return columns.filter((column) => column !== false);
}

/** Its last answer is of an attempt before: it ended for another reason. */
const endedUnsent = ({ last_error_kind: kind }: Delivery) =>
  kind === 'cancelled' || kind === 'webhook_deleted' || kind === 'erased';

/** What it is about: the second line of every row. */
function RecordLine({ row }: { row: Delivery }) {
  const name = recordName(row);
  if (name === null) return null;
  return (
    <span
      title={name}
      className={cn('truncate md:max-w-72', row.record_label === null && 'font-mono text-muted text-xs')}
    >
      {name}
    </span>
  );
}

function None() {
  const t = useTranslations('deliveries');
  return (
    <span className="text-muted">
      <span aria-hidden>–</span>
      <span className="sr-only">{t('none')}</span>
    </span>
  );
}
