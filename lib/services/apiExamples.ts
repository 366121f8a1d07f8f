import type { ApiRoute } from '@/lib/domain/apiRoutes';
import { eventTypes } from '@/lib/domain/eventTypes';

const lead = { event_type: 'lead.created', payload: eventTypes['lead.created'].sample };
const since = '2026-11-01T00:00:00Z';

/** A body for those routes whose fields say less than one. */
export const requestExamples: Partial<Record<ApiRoute, unknown>> = {
  'POST /api/webhooks': {
    name: 'Synchronisation comptable',
    url: 'https://hooks.example.com/leads',
    events: ['lead.*'],
    conditions: [{ field: 'statut', operator: 'is', value: 'gagne' }],
  },
  'PATCH /api/webhooks/{webhookId}': { status: 'active', waiting: 'send' },
  'POST /api/webhooks/trigger': { ...lead, idempotency_key: 'lead-42-created' },
  'POST /api/webhooks/trigger/batch': { events: [lead] },
  'POST /api/webhooks/conditions/preview': { conditions: [], events: ['lead.created'], limit: 20 },
  'POST /api/webhooks/{webhookId}/missing': { since, dry_run: true },
  'POST /api/webhooks/{webhookId}/backfill': { kind: 'lead', dry_run: true },
  'POST /api/transforms/preview': { script: 'return { name: payload.nom };', payload: lead.payload },
  'POST /api/deliveries/replay': { from: since, status_code: '5xx', dry_run: true },
  'POST /api/event-types': {
    name: 'contract.signed',
    labels: { fr: 'Contrat signé', en: 'Contract signed' },
    sample: { id: '42', montant: 1200 },
    schema: 'infer',
    schema_mode: 'warning',
  },
  'POST /api/alerts': { name: 'Astreinte', channel: 'email', emails: ['astreinte@example.com'] },
  'PATCH /api/alerts/{alertId}': { events: ['webhook.failing'] },
  'POST /api/tokens': { name: 'Import nocturne', scope: 'trigger', days: 90 },
};
