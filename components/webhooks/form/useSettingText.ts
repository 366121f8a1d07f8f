'use client';

import { useFormatter, useTranslations } from 'next-intl';
import type { Condition } from '@/lib/domain/conditions';
import { useDuration } from '../../ui/useDuration';
import type { Setting } from './settingConflicts';
import { useConditionText } from './useConditionText';

const labels = {
  name: 'form.name',
  url: 'form.url',
  description: 'form.description',
  events: 'form.events',
  conditions: 'form.conditions',
  headers: 'form.headers',
  transform_enabled: 'form.transformEnabled',
  transform_script: 'transform.editor',
  retry_enabled: 'form.retryEnabled',
  max_retries: 'form.maxRetries',
  retry_refusals: 'form.retryRefusals',
  retry_delay: 'form.retryDelay',
  timeout_ms: 'form.timeout',
  seed_signature_enabled: 'form.seedSignature',
  body_format: 'form.bodyFormat',
  max_in_flight: 'form.maxInFlight',
  rate_limit: 'form.rateLimit',
  ordered: 'form.ordered',
  order_waits: 'form.orderWaits',
  stale_retries: 'form.staleRetries',
  skip_own_changes: 'form.skipOwnChanges',
  coalesce_seconds: 'form.coalesceSeconds',
} as const satisfies Record<Setting, string>;

/** A setting's name, and its value in words. */
export function useSettingText() {
  const t = useTranslations('webhooks');
  const format = useFormatter();
  const duration = useDuration();
  const conditionText = useConditionText();
  const value = (setting: Setting, held: unknown): string => {
    if (setting === 'timeout_ms' && typeof held === 'number') return duration(held);
    if (setting === 'rate_limit' && held === null) return t('form.rateLimitNone');
    if (setting === 'stale_retries') return t(held === 'skip' ? 'form.staleSkip' : 'form.staleSend');
    if (setting === 'body_format') return t(held === 'raw' ? 'form.raw' : 'form.envelope');
    if (typeof held === 'boolean') return t(held ? 'conflict.yes' : 'conflict.no');
    if (typeof held === 'number') return format.number(held);
    if (setting === 'conditions')
      return (held as Condition[]).map(conditionText).join('\n') || t('conflict.empty');
    if (Array.isArray(held)) return held.join('\n');
    if (typeof held === 'object' && held !== null) {
      const lines = Object.entries(held).map(([name, text]) => `${name}: ${text}`);
      return lines.join('\n') || t('conflict.empty');
    }
    return String(held ?? '') || t('conflict.empty');
  };
  return { label: (setting: Setting) => t(labels[setting]), value };
}
