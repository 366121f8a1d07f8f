import { systemKind } from './eventName';

/** A text in both languages of the console. */
export type LocalizedText = { fr: string; en: string };

/** The families in which the console groups event types. */
export const eventGroups = {
  lead: { fr: 'Leads', en: 'Leads' },
  appointment: { fr: 'Rendez-vous', en: 'Appointments' },
  file: { fr: 'Fichiers', en: 'Files' },
  system: { fr: 'Système', en: 'System' },
} as const satisfies Record<string, LocalizedText>;

type EventGroup = keyof typeof eventGroups;

type EventTypeDefinition = {
  group: EventGroup;
  label: LocalizedText;
  /** What causes the event, in one sentence. */
  description: LocalizedText;
  sample: Record<string, unknown>;
};

const sampleLead = {
  id: '123e4567-e89b-12d3-a456-426614174000',
  nom: 'Dupont',
  prenom: 'Jean',
  email: 'jean.dupont@example.com',
  telephone: '+33612345678',
  statut: 'nouveau',
  created_at: '2024-01-15T10:30:00Z',
};
const sampleAppointment = {
  id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  lead_id: sampleLead.id,
  titre: 'Visite du bien',
  debut: '2024-01-18T14:00:00Z',
  fin: '2024-01-18T14:45:00Z',
  lieu: '12 rue des Lilas, 69003 Lyon',
  statut: 'planifie',
};
const sampleFile = {
  id: '9b2d7f64-1f0a-4c7e-8a55-3e1d9c0b6a21',
  lead_id: sampleLead.id,
  nom: 'devis-dupont.pdf',
  type_mime: 'application/pdf',
  taille: 184_320,
  created_at: '2024-01-15T11:05:00Z',
};

const sampleWebhook = { id: '0190a6e4-5b1c-7f3e-8d21-6a4c9f0e7b35', name: 'Synchronisation comptable' };
const sampleFailure = {
  attempts: 4,
  last_attempt: {
    started_at: '2024-01-15T10:30:00Z',
    duration_ms: 5000,
    status_code: null,
    error_kind: 'timeout',
    error_message: 'The receiver did not answer within 5000 ms.',
  },
  title: { fr: 'Délai dépassé', en: 'Timed out' },
  cause: { fr: 'La réponse n’est pas arrivée à temps.', en: 'The response did not arrive in time.' },
  cure: {
    fr: 'Répondez 200 dès réception et traitez ensuite, ou allongez le délai du webhook.',
    en: 'Answer 200 on receipt and work afterwards, or lengthen the webhook’s timeout.',
  },
};

/**
 * The event types that come with the product, for CRM code to trigger. With `systemEventTypes` what the registry begins with
 * (`webhook_event_types`; a test holds the two together), and the only source for the TypeScript types. Source of the nine names: the product's specification, "Supported Events".
 */
export const eventTypes = {
  'lead.created': {
    group: 'lead',
    label: { fr: 'Lead créé', en: 'Lead created' },
    description: { fr: 'Un nouveau lead est créé.', en: 'A new lead is created.' },
    sample: sampleLead,
  },
  'lead.updated': {
    group: 'lead',
    label: { fr: 'Lead modifié', en: 'Lead updated' },
    description: { fr: 'Les champs d’un lead sont modifiés.', en: 'Fields of a lead are changed.' },
    sample: {
      id: sampleLead.id,
      changes: { telephone: '+33698765432', email: 'j.dupont@example.com' },
      previous: { telephone: sampleLead.telephone, email: sampleLead.email },
    },
  },
  'lead.deleted': {
    group: 'lead',
    label: { fr: 'Lead supprimé', en: 'Lead deleted' },
    description: { fr: 'Un lead est supprimé.', en: 'A lead is deleted.' },
    sample: { id: sampleLead.id, nom: 'Dupont', prenom: 'Jean' },
  },
  'lead.status_changed': {
    group: 'lead',
    label: { fr: 'Statut du lead changé', en: 'Lead status changed' },
    description: { fr: 'Le statut d’un lead change.', en: 'The status of a lead changes.' },
    sample: { id: sampleLead.id, ancien_statut: 'nouveau', nouveau_statut: 'qualifie' },
  },
  'appointment.created': {
    group: 'appointment',
    label: { fr: 'Rendez-vous créé', en: 'Appointment created' },
    description: { fr: 'Un nouveau rendez-vous est pris.', en: 'A new appointment is made.' },
    sample: sampleAppointment,
  },
  'appointment.updated': {
    group: 'appointment',
    label: { fr: 'Rendez-vous modifié', en: 'Appointment updated' },
    description: {
      fr: 'L’heure, le lieu ou un autre champ d’un rendez-vous est modifié.',
      en: 'The time, the place or another field of an appointment is changed.',
    },
    sample: {
      id: sampleAppointment.id,
      changes: { debut: '2024-01-19T09:00:00Z', fin: '2024-01-19T09:45:00Z' },
      previous: { debut: sampleAppointment.debut, fin: sampleAppointment.fin },
    },
  },
  'appointment.cancelled': {
    group: 'appointment',
    label: { fr: 'Rendez-vous annulé', en: 'Appointment cancelled' },
    description: { fr: 'Un rendez-vous est annulé.', en: 'An appointment is cancelled.' },
    sample: { id: sampleAppointment.id, motif: 'Client indisponible', annule_le: '2024-01-17T16:20:00Z' },
  },
  'file.uploaded': {
    group: 'file',
    label: { fr: 'Fichier ajouté', en: 'File uploaded' },
    description: { fr: 'Un fichier est ajouté.', en: 'A file is uploaded.' },
    sample: sampleFile,
  },
  'file.deleted': {
    group: 'file',
    label: { fr: 'Fichier supprimé', en: 'File deleted' },
    description: { fr: 'Un fichier est supprimé.', en: 'A file is deleted.' },
    sample: { id: sampleFile.id, lead_id: sampleFile.lead_id, nom: sampleFile.nom },
  },
} as const satisfies Record<string, EventTypeDefinition>;

/** What this system emits itself: a webhook may listen to it, nobody may trigger it. */
const systemEventTypes = {
  'webhook.disabled': {
    group: 'system',
    label: { fr: 'Webhook désactivé', en: 'Webhook disabled' },
    description: {
      fr: 'Le système désactive un webhook : son récepteur a répondu 410, ou tout a échoué pendant 5 jours.',
      en: 'The system switches a webhook off: its receiver answered 410, or everything failed for 5 days.',
    },
    sample: {
      id: '0190a6e4-5b1c-7f3e-8d21-6a4c9f0e7b35',
      name: 'Synchronisation comptable',
      reason: 'failing',
      disabled_at: '2024-01-20T10:30:00Z',
    },
  },
  'webhook.failing': {
    group: 'system',
    label: { fr: 'Webhook en panne', en: 'Webhook failing' },
    description: {
      fr: 'Plus rien n’arrive à un récepteur, qui est mis en pause, ou moins de 90 % des livraisons d’un webhook aboutissent sur 24 heures. Une seule fois, jusqu’au rétablissement.',
      en: 'A receiver takes nothing any more and is paused, or fewer than 90% of a webhook’s deliveries arrive over 24 hours. Once, until it recovers.',
    },
    sample: {
      id: sampleWebhook.id,
      name: sampleWebhook.name,
      reason: 'paused',
      since: '2024-01-15T10:30:00Z',
      success_rate: 0.62,
      waiting: 194,
      link: `/webhooks/${sampleWebhook.id}`,
      delivery: {
        id: '0190a6e4-6c2d-7a4f-9e32-7b5dad1f8c46',
        event: {
          id: '0190a6e4-6c2d-7a4f-9e32-7b5dad1f8c40',
          type: 'lead.created',
          occurred_at: '2024-01-15T10:29:12Z',
        },
        record_id: sampleLead.id,
        link: '/deliveries/0190a6e4-6c2d-7a4f-9e32-7b5dad1f8c46',
        ...sampleFailure,
      },
    },
  },
  'webhook.recovered': {
    group: 'system',
    label: { fr: 'Webhook rétabli', en: 'Webhook recovered' },
    description: {
      fr: 'Un webhook dont une panne ou un abandon avait été signalé livre de nouveau.',
      en: 'A webhook of which a failure had been told delivers again.',
    },
    sample: {
      id: sampleWebhook.id,
      name: sampleWebhook.name,
      reasons: ['paused'],
      since: '2024-01-15T10:30:00Z',
      recovered_at: '2024-01-15T11:12:30Z',
      lasted_seconds: 2550,
      waiting: 194,
      link: `/webhooks/${sampleWebhook.id}`,
    },
  },
  'delivery.exhausted': {
    group: 'system',
    label: { fr: 'Livraison abandonnée', en: 'Delivery given up' },
    description: {
      fr: 'Une livraison a échoué pour de bon. Une seule fois par webhook, jusqu’à son rétablissement.',
      en: 'A delivery has failed for good. Once per webhook, until it recovers.',
    },
    sample: {
      id: sampleLead.id,
      lead_id: null,
      record_label: 'Jean Dupont',
      webhook: sampleWebhook,
      delivery_id: '0190a6e4-6c2d-7a4f-9e32-7b5dad1f8c46',
      event: {
        id: '0190a6e4-6c2d-7a4f-9e32-7b5dad1f8c40',
        type: 'lead.created',
        occurred_at: '2024-01-15T10:29:12Z',
      },
      since: '2024-01-15T10:30:00Z',
      waiting: 3,
      link: '/deliveries/0190a6e4-6c2d-7a4f-9e32-7b5dad1f8c46',
      ...sampleFailure,
    },
  },
} as const satisfies Record<string, EventTypeDefinition>;

/** Everything of these that a webhook may listen to. */
export const subscribableEventTypes = { ...eventTypes, ...systemEventTypes };

export type WebhookEventType = keyof typeof eventTypes;
export type SubscribableEventType = keyof typeof subscribableEventTypes;

export const subscribableEventNames = Object.keys(subscribableEventTypes) as [
  SubscribableEventType,
  ...SubscribableEventType[],
];

/** What people call the types of a kind: one that came with a type of one's own is called as it is written. */
export function kindLabel(kind: string, locale: keyof LocalizedText): string {
  if (kind === systemKind) return eventGroups.system[locale];
  return kind === 'lead' || kind === 'appointment' || kind === 'file' ? eventGroups[kind][locale] : kind;
}

/** Whether this is one of the event types that come with the product for CRM code to trigger. */
export const isCatalogueEvent = (name: string): name is WebhookEventType => Object.hasOwn(eventTypes, name);

/** The event type of a test delivery that names none of the catalogue. */
export const testEventType = 'webhook.test';

/**
 * What a test sends where nobody chose: the sample of an event that the webhook listens to where a script would look
 * for its fields, else the plain test message.
 */
export function preselectedSample(webhook: {
  transform_enabled: boolean;
  events: readonly string[];
}): string {
  if (!webhook.transform_enabled) return testEventType;
  return subscribableEventNames.find((name) => webhook.events.includes(name)) ?? testEventType;
}

/**
 * The payload of a test delivery.
 * @param at the moment of the test
 */
export function testPayload(at: Date): Record<string, unknown> {
  return { test: true, message: 'This is a test webhook delivery', timestamp: at.toISOString() };
}
