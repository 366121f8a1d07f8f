import { isSystemEvent, kindOf, systemKind } from '@/lib/domain/eventName';
import type { EventType } from '@/lib/domain/eventType';
import { kindLabel, type LocalizedText } from '@/lib/domain/eventTypes';

/** An event type as the page shows it, in the person's language. */
export type CatalogueEntry = {
  type: EventType;
  /** Its name for people; the name itself where nobody gave it one. */
  label: string;
  /** What causes it; empty where nobody said. */
  description: string;
  /** Emitted by this system alone: nobody triggers or changes it. */
  ofSystem: boolean;
};

export type CatalogueGroup = { kind: string; label: string; entries: CatalogueEntry[] };

const groupOf = ({ name }: EventType) => (isSystemEvent(name) ? systemKind : kindOf(name));

/** The registry by kinds, that of the system last. */
export function catalogue(types: readonly EventType[], locale: keyof LocalizedText): CatalogueGroup[] {
  const kinds = [...new Set(types.map(groupOf))];
  kinds.sort((a, b) => Number(a === systemKind) - Number(b === systemKind));
  return kinds.map((kind) => ({
    kind,
    label: kindLabel(kind, locale),
    entries: types
      .filter((type) => groupOf(type) === kind)
      .map((type) => ({
        type,
        label: type.labels[locale] || type.name,
        description: type.descriptions[locale],
        ofSystem: isSystemEvent(type.name),
      })),
  }));
}
