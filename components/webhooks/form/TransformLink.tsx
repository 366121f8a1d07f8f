'use client';

import { ArrowRight } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useFormContext } from 'react-hook-form';
import { Link } from '@/components/ui/Link';
import { Badge } from '../../ui/Badge';
import { Button } from '../../ui/Button';
import { FormSection } from './FormSection';
import type { WebhookFormValues } from './webhookFormValues';

/** While editing, the script has a tab of its own: one place to change it. */
export function TransformLink({ webhookId }: { webhookId: string }) {
  const t = useTranslations('webhooks');
  const enabled = useFormContext<WebhookFormValues>().watch('transform_enabled');
  return (
    <FormSection title={t('form.transform')} hint={t('form.transformHint')}>
      <div className="flex flex-wrap items-center gap-3">
        <Badge tone={enabled ? 'success' : 'neutral'}>{t(enabled ? 'overview.on' : 'overview.off')}</Badge>
        <Button asChild size="sm">
          <Link href={`/webhooks/${webhookId}/transformation`}>
            {t('form.transformOpen')}
            <ArrowRight aria-hidden />
          </Link>
        </Button>
      </div>
    </FormSection>
  );
}
