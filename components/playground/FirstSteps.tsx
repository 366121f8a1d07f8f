'use client';

import { Check } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import type { InboxView } from '@/lib/domain/playground';
import { Button } from '../ui/Button';
import { Card } from '../ui/Card';
import { cn } from '../ui/cn';
import { Link } from '../ui/Link';
import { newWebhookHref } from './newWebhookHref';
import { TestButton } from './TestButton';

/** An inbox that has received nothing: the way to a first verified request. */
export function FirstSteps({ inbox }: { inbox: InboxView }) {
  const t = useTranslations('playground.steps');
  const webhook = inbox.webhooks[0];
  return (
    <Card>
      <div className="mx-auto flex max-w-xl flex-col gap-5 py-4">
        <div className="flex flex-col gap-1">
          <p className="font-semibold text-base">{t('title')}</p>
          <p className="text-muted text-sm">{t('text')}</p>
        </div>
        <ol className="flex flex-col">
          <Step number={1} done title={t('inbox')} />
          <Step
            number={2}
            done={webhook !== undefined}
            title={webhook ? t('webhookDone', { name: webhook.name }) : t('webhook')}
          >
            {!webhook && (
              <Button asChild variant="primary">
                <Link href={newWebhookHref(inbox)}>{t('webhookAction')}</Link>
              </Button>
            )}
          </Step>
          <Step number={3} title={t('test')} hint={webhook ? undefined : t('testLater')} last>
            {webhook && <TestButton webhook={webhook} primary />}
          </Step>
        </ol>
      </div>
    </Card>
  );
}

type StepProps = {
  number: number;
  done?: boolean;
  last?: boolean;
  title: string;
  hint?: string;
  children?: ReactNode;
};

function Step({ number, done, last, title, hint, children }: StepProps) {
  const t = useTranslations('playground.steps');
  return (
    <li className="grid grid-cols-[1.75rem_1fr] gap-x-3">
      <div className="flex flex-col items-center">
        <span
          className={cn(
            'grid size-7 place-items-center rounded-full border font-semibold text-xs tabular-nums',
            done ? 'border-transparent bg-success-soft text-success-ink' : 'bg-sunken text-muted',
          )}
        >
          {done ? <Check aria-hidden className="size-4" /> : number}
        </span>
        {!last && <span aria-hidden className="my-1 min-h-4 w-px flex-1 bg-line" />}
      </div>
      <div className="flex flex-col items-start gap-2 pt-1 pb-4">
        <p className={cn('wrap-anywhere font-medium text-sm', done && 'text-muted')}>
          {title}
          {done && <span className="sr-only"> ({t('done')})</span>}
        </p>
        {hint && <p className="text-muted text-xs">{hint}</p>}
        {children}
      </div>
    </li>
  );
}
