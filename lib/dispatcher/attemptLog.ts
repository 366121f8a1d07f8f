import type { AttemptOutcome, Settlement } from '@/lib/domain/settlement';
import type { ClaimedItem, ClaimedWebhook } from '@/lib/store/queueStore';

/**
 * One structured line per attempt. Names the host only: paths and queries of webhook URLs carry tokens.
 */
export function logAttempt(attempt: {
  item: ClaimedItem;
  webhook: ClaimedWebhook;
  outcome: AttemptOutcome;
  settlement: Settlement;
}): void {
  const { item, webhook, outcome, settlement } = attempt;
  const line = {
    msg: 'webhook_attempt',
    time: new Date().toISOString(),
    delivery_id: item.id,
    webhook_id: item.webhook_id,
    attempt: item.attempt_count + 1,
    test: item.is_test || undefined,
    host: URL.canParse(webhook.url) ? new URL(webhook.url).host : undefined,
    status: settlement.status,
    http_status: outcome.kind === 'response' ? outcome.status : undefined,
    error_kind: settlement.errorKind ?? undefined,
    duration_ms: Math.round(outcome.durationMs),
    retry_in_ms: settlement.delayMs === null ? undefined : Math.ceil(settlement.delayMs),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
