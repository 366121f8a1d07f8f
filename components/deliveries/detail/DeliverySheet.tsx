'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, type RefObject, useEffect } from 'react';
import { deliveryQuery } from '@/lib/api/deliveries';
import type { Delivery } from '@/lib/domain/delivery';
import { Button } from '../../ui/Button';
import { Pane } from '../../ui/Pane';
import { Sheet } from '../../ui/Sheet';
import { DeliveryDetails } from './DeliveryDetails';
import { recordName } from './recordName';
import { useNeighbourKeys } from './useNeighbourKeys';

type DeliverySheetProps = {
  id: string;
  /** The list that the neighbours come from. */
  rows: readonly Delivery[];
  hasMore: boolean;
  /** The last row is near: load more of the list. */
  onNeedMore: () => void;
  onOpen: (id: string) => void;
  onClose: () => void;
  /** Where the delivery is in the list. */
  returnFocusTo: RefObject<HTMLElement | null>;
  /** There is room for it beside the list. */
  beside: boolean;
};

/** One delivery beside the list or over it, with its own address. ←/→ go to the neighbours, Escape closes. */
export function DeliverySheet(props: DeliverySheetProps) {
  const { id, rows, hasMore, onNeedMore, onOpen } = props;
  const t = useTranslations('deliveries.sheet');
  const index = rows.findIndex((row) => row.id === id);
  const row = rows[index];
  const { data } = useQuery(deliveryQuery(id));
  const known = row ?? data;
  const name = known && recordName(known);
  const newer = index > 0 ? rows[index - 1]?.id : undefined;
  const older = index >= 0 ? rows[index + 1]?.id : undefined;
  const lastIsNear = index >= 0 && index >= rows.length - 2 && hasMore;
  useEffect(() => {
    if (lastIsNear) onNeedMore();
  }, [lastIsNear, onNeedMore]);
  usePrefetched(newer, older);
  useNeighbourKeys({ onNewer: () => newer && onOpen(newer), onOlder: () => older && onOpen(older) });
  const frame = {
    title: name ? t('titleOf', { name }) : t('title'),
    returnFocusTo: props.returnFocusTo,
    actions: (
      <nav aria-label={t('neighbours')} className="flex items-center gap-1">
        {index >= 0 && (
          <span className="mr-1 text-muted text-xs tabular-nums max-sm:hidden">
            {t('position', { index: index + 1, count: rows.length, more: hasMore ? 'yes' : 'no' })}
          </span>
        )}
        <NeighbourButton label={t('newer')} id={newer} onOpen={onOpen} icon={<ChevronLeft aria-hidden />} />
        <NeighbourButton label={t('older')} id={older} onOpen={onOpen} icon={<ChevronRight aria-hidden />} />
      </nav>
    ),
    children: <DeliveryDetails key={id} id={id} row={row} />,
  };
  if (props.beside) return <Pane {...frame} onClose={props.onClose} />;
  return <Sheet open onOpenChange={(open) => !open && props.onClose()} className="max-w-3xl" {...frame} />;
}

type NeighbourButtonProps = {
  label: string;
  id: string | undefined;
  onOpen: (id: string) => void;
  icon: ReactNode;
};

function NeighbourButton({ label, id, onOpen, icon }: NeighbourButtonProps) {
  return (
    <Button
      variant="ghost"
      size="icon-sm"
      aria-label={label}
      title={label}
      // Not `disabled`: at the end of the list focus would fall out of the sheet.
      aria-disabled={id === undefined || undefined}
      onClick={() => id && onOpen(id)}
    >
      {icon}
    </Button>
  );
}

function usePrefetched(...ids: (string | undefined)[]) {
  const client = useQueryClient();
  const key = ids.join();
  useEffect(() => {
    for (const id of key.split(',').filter(Boolean)) void client.prefetchQuery(deliveryQuery(id));
  }, [client, key]);
}
