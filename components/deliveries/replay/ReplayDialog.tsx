'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import type { WebhookOption } from '@/lib/api/events';
import { useProblemText } from '../../shell/useProblemText';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Input } from '../../ui/Input';
import { localInputTime } from '../../ui/localInputTime';
import { RadioCards } from '../../ui/RadioCards';
import { Select } from '../../ui/Select';
import { ReplayCount } from './ReplayCount';
import { ReplayProgress } from './ReplayProgress';
import { useReplay } from './useReplay';

type ReplayDialogProps = {
  webhookId: string | undefined;
  webhooks: readonly WebhookOption[] | undefined;
  fixed: boolean;
  onClose: () => void;
};

const hour = 3_600_000;
const spans = { '1h': hour, '24h': 24 * hour, '7d': 7 * 24 * hour } as const;
type Since = keyof typeof spans | 'custom';
const every = '*';

/** Sends all failures since a moment again. How many, and since exactly when, stands there before anything happens. */
export function ReplayDialog({ webhookId, webhooks, fixed, onClose }: ReplayDialogProps) {
  const t = useTranslations('deliveries.replay');
  const locale = useLocale();
  const problemText = useProblemText();
  // What is counted is what is replayed: a failure that comes later is not part of it.
  const [now] = useState(() => Date.now());
  const [since, setSince] = useState<Since>('24h');
  const [custom, setCustom] = useState(() => new Date(now - hour).toISOString());
  const [target, setTarget] = useState(webhookId ?? every);
  const from = since === 'custom' ? custom : new Date(now - spans[since]).toISOString();
  const range = {
    ...(target === every ? {} : { webhook_id: target }),
    from,
    to: new Date(now).toISOString(),
  };
  const { count, replay, job } = useReplay(range);
  if (job) return <ReplayProgress job={job} onClose={onClose} />;
  // In the person's own time zone, like the field for a chosen date.
  const spelled = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const exact = (span: keyof typeof spans) => t('from', { when: spelled.format(now - spans[span]) });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('title')}
      description={t('description')}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            variant="primary"
            loading={replay.isPending}
            disabled={!count.data || count.data.count === 0}
            onClick={() => replay.mutate()}
          >
            {t(count.data?.capped ? 'confirmMany' : 'confirm', { count: count.data?.count ?? 0 })}
          </Button>
        </>
      }
    >
      <div data-keeps-text className="flex flex-col gap-4">
        {!fixed && (
          <Field label={t('webhook')}>
            <Select
              value={target}
              onValueChange={setTarget}
              options={[
                { value: every, label: t('allWebhooks') },
                ...(webhooks ?? []).map(({ id, name }) => ({ value: id, label: name })),
              ]}
            />
          </Field>
        )}
        <RadioCards<Since>
          legend={t('since')}
          value={since}
          onValueChange={setSince}
          className="sm:grid-cols-2"
          options={[
            { value: '1h', label: t('sinceHour'), hint: exact('1h') },
            { value: '24h', label: t('sinceDay'), hint: exact('24h') },
            { value: '7d', label: t('sinceWeek'), hint: exact('7d') },
            { value: 'custom', label: t('sinceCustom'), hint: t('sinceCustomHint') },
          ]}
        />
        {since === 'custom' && (
          <Field label={t('customFrom')}>
            <Input
              type="datetime-local"
              required
              value={localInputTime(custom)}
              max={localInputTime(range.to)}
              onChange={({ target: input }) => input.value && setCustom(new Date(input.value).toISOString())}
            />
          </Field>
        )}
        <ReplayCount
          count={count.data?.count}
          capped={count.data?.capped ?? false}
          error={count.error}
          onRetry={() => count.refetch()}
          none={t('none')}
        />
        {replay.error && (
          <Banner tone="danger" alert>
            {problemText(replay.error)}
          </Banner>
        )}
      </div>
    </Dialog>
  );
}
