'use client';

import { useTranslations } from 'next-intl';
import type { TokenScope } from '@/lib/domain/issuedToken';
import { Button } from '../ui/Button';
import { CodeBlock } from '../ui/CodeBlock';
import { Dialog } from '../ui/Dialog';

type MadeTokenDialogProps = {
  open: boolean;
  made: { token: string; scope: TokenScope } | null;
  onClose: () => void;
};

/** The one time that a token can be read: with it, and a first call to try it with. */
export function MadeTokenDialog({ open, made, onClose }: MadeTokenDialogProps) {
  const t = useTranslations('tokens');
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title={t('madeTitle')}
      description={t('madeText')}
      footer={
        <Button variant="primary" onClick={onClose}>
          {t('madeDone')}
        </Button>
      }
    >
      {made && (
        <div className="flex flex-col gap-4">
          <CodeBlock code={made.token} label={t('token')} />
          <p className="text-muted text-sm">{t('tryIt')}</p>
          <CodeBlock code={firstCall(made)} label={t('tryIt')} />
        </div>
      )}
    </Dialog>
  );
}

/** A line for a shell. */
function firstCall({ token, scope }: { token: string; scope: TokenScope }): string {
  const { origin } = window.location;
  const bearer = `-H 'Authorization: Bearer ${token}'`;
  if (scope === 'read') return `curl ${origin}/api/deliveries ${bearer}`;
  const event = JSON.stringify({ event_type: 'lead.created', payload: { id: '42', nom: 'Durand' } });
  return `curl ${origin}/api/webhooks/trigger ${bearer} -H 'Content-Type: application/json' -d '${event}'`;
}
