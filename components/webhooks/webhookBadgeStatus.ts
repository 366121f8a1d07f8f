import type { Webhook, WebhookHealth } from '@/lib/domain/webhook';

/** The status to show: switched off by the system, or spared for a moment, is not the same as switched off by a person. */
export function webhookBadgeStatus(
  webhook: Pick<Webhook, 'status' | 'disabled_reason' | 'health'>,
  now: number,
) {
  if (webhook.status === 'inactive') return webhook.disabled_reason ? 'disabled' : 'inactive';
  return pausedUntil(webhook.health, now) ? 'paused' : 'active';
}

/** Until when the circuit breaker is open, ISO 8601; null when something may be sent. */
export function pausedUntil(health: WebhookHealth | null, now: number): string | null {
  const until = health?.paused_until;
  return until && Date.parse(until) > now ? until : null;
}
