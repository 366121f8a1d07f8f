'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Zap } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { deliveryKeys } from '@/lib/api/deliveries';
import { type ErrorCode, WebhookError } from '@/lib/domain/errors';
import { triggerWebhooks } from '@/lib/utils/webhookTrigger';
import { Banner } from '../ui/Banner';
import { Button } from '../ui/Button';
import { Link } from '../ui/Link';

type TriggerSampleProps = {
  name: string;
  sample: unknown;
  /** How many active webhooks will get it; undefined when it is not known. */
  active: number | undefined;
};

/** Triggers the event for real, with its sample, through the same function that the CRM's screens use. */
export function TriggerSample({ name, sample, active }: TriggerSampleProps) {
  const t = useTranslations('events.trigger');
  const codes = useTranslations('errors.codes');
  const client = useQueryClient();
  const trigger = useMutation({
    mutationFn: () => triggerWebhooks<string>(name, sample),
    onSuccess: () => client.invalidateQueries({ queryKey: deliveryKeys.all }),
  });
  const code: ErrorCode = trigger.error instanceof WebhookError ? trigger.error.code : 'internal';
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <Button variant="primary" loading={trigger.isPending} onClick={() => trigger.mutate()}>
          <Zap aria-hidden />
          {t('button')}
        </Button>
        <p className="min-w-0 flex-1 basis-48 text-muted text-xs">
          {active === undefined ? t('hint') : t('hintCount', { count: active })}
        </p>
      </div>
      <div aria-live="polite">
        {trigger.data && (
          <Banner
            key={trigger.submittedAt}
            tone={trigger.data.deliveries > 0 ? 'success' : 'info'}
            title={t('done', { count: trigger.data.deliveries })}
            actions={
              trigger.data.deliveries > 0 && (
                <Button asChild size="sm">
                  <Link href={`/deliveries?event_type=${name}`}>{t('see')}</Link>
                </Button>
              )
            }
          >
            {trigger.data.deliveries === 0 ? t('none') : null}
          </Banner>
        )}
        {trigger.error && <Banner tone="danger">{codes(code)}</Banner>}
      </div>
    </div>
  );
}
