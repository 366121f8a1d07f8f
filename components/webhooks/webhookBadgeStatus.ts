import type { Webhook } from '@/lib/domain/webhook';

/** The status to show: switched off by the receiver's 410 is not the same as switched off by a person. */
export function webhookBadgeStatus(webhook: Pick<Webhook, 'status' | 'disabled_reason'>) {
  return webhook.disabled_reason === 'gone' && webhook.status === 'inactive' ? 'gone' : webhook.status;
}
