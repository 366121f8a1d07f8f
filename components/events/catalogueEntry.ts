import type { EventGroup, SubscribableEventType, WebhookEventType } from '@/lib/domain/eventTypes';
import type { SchemaField } from './schemaTree';

/** An event type as the page shows it, in the person's language. */
export type CatalogueEntry = {
  name: SubscribableEventType;
  /** Its name for a trigger; null for what only the system emits. */
  triggerAs: WebhookEventType | null;
  group: EventGroup;
  label: string;
  /** What causes it. */
  description: string;
  fields: SchemaField[];
  sample: Record<string, unknown>;
};

export type CatalogueGroup = { group: EventGroup; label: string; entries: CatalogueEntry[] };
