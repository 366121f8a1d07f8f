'use client';

import {
  CirclePlay,
  CircleX,
  CopyPlus,
  EllipsisVertical,
  Pause,
  Pencil,
  Play,
  ScrollText,
  Trash2,
} from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useRef, useState } from 'react';
import type { Webhook } from '@/lib/domain/webhook';
import { askToLeave } from '../../shell/leaving';
import { Button } from '../../ui/Button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '../../ui/DropdownMenu';
import { ActivateDialog, CancelWaitingDialog, DeleteDialog, TestDialog } from './lazyDialogs';
import { useSetStatus } from './useSetStatus';

type MenuWebhook = Pick<Webhook, 'id' | 'name' | 'url' | 'status' | 'events' | 'transform_enabled'> & {};

type WebhookMenuProps = { webhook: MenuWebhook; onDeleted?: () => void };

/** What can be done with a webhook (⋮), and the dialogs that this opens. */
export function WebhookMenu({ webhook, onDeleted }: WebhookMenuProps) {
  const t = useTranslations('webhooks');
  const router = useRouter();
  const go = async (path: string) => (await askToLeave()) && router.push(path);
  const [dialog, setDialog] = useState<'test' | 'activate' | 'cancel' | 'delete' | null>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const setStatus = useSetStatus(webhook);
  const active = webhook.status === 'active';
  const dialogProps = (name: typeof dialog) => ({
    webhook,
    returnFocusTo: trigger,
    open: dialog === name,
    onOpenChange: (open: boolean) => setDialog(open ? name : null),
  });
  const toggle = () => (active ? setStatus.mutate({ status: 'inactive' }) : setDialog('activate'));
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button
            ref={trigger}
            variant="ghost"
            size="icon-sm"
            aria-label={t('list.menu', { name: webhook.name })}
          >
            <EllipsisVertical aria-hidden />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent>
          <DropdownMenuItem onSelect={() => setDialog('test')}>
            <CirclePlay aria-hidden />
            {t('actions.test')}
          </DropdownMenuItem>
          <DropdownMenuItem onSelect={() => go(`/webhooks/${webhook.id}/deliveries`)}>
            <ScrollText aria-hidden />
            {t('actions.deliveries')}
          </DropdownMenuItem>
          <DropdownMenuItem onSelect={() => go(`/webhooks/${webhook.id}/settings`)}>
            <Pencil aria-hidden />
            {t('actions.edit')}
          </DropdownMenuItem>
          <DropdownMenuItem onSelect={toggle}>
            {active ? <Pause aria-hidden /> : <Play aria-hidden />}
            {t(active ? 'actions.deactivate' : 'actions.activate')}
          </DropdownMenuItem>
          <DropdownMenuItem onSelect={() => setDialog('cancel')}>
            <CircleX aria-hidden />
            {t('actions.cancelWaiting')}
          </DropdownMenuItem>
          <DropdownMenuItem onSelect={() => go(`/webhooks/new?from=${webhook.id}`)}>
            <CopyPlus aria-hidden />
            {t('actions.duplicate')}
          </DropdownMenuItem>
          <DropdownMenuSeparator />
          <DropdownMenuItem danger onSelect={() => setDialog('delete')}>
            <Trash2 aria-hidden />
            {t('actions.delete')}
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      <TestDialog {...dialogProps('test')} />
      <ActivateDialog {...dialogProps('activate')} />
      <CancelWaitingDialog {...dialogProps('cancel')} />
      <DeleteDialog {...dialogProps('delete')} onDeleted={onDeleted} />
    </>
  );
}
