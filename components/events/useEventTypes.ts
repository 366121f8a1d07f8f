import { useQuery } from '@tanstack/react-query';
import { useLocale } from 'next-intl';
import { eventTypesQuery } from '@/lib/api/eventTypes';
import { kindOf } from '@/lib/domain/eventName';
import { type LocalizedText, subscribableEventTypes } from '@/lib/domain/eventTypes';

/** An event type to choose, in the person's language. */
export type EventTypeChoice = {
  name: string;
  kind: string;
  label: string;
  description: string;
  sample: unknown;
  /** Nothing new should listen to it. */
  deprecated: boolean;
};

type Registered = { name: string; labels: LocalizedText; descriptions: LocalizedText; sample: unknown };

/** What there is before the registry has answered. */
const builtIn: (Registered & { deprecated_at: string | null })[] = Object.entries(subscribableEventTypes).map(
  ([name, { label, description, sample }]) => ({
    name,
    labels: label,
    descriptions: description,
    sample,
    deprecated_at: null,
  }),
);

/** The event types of the registry. */
export function useEventTypes(): EventTypeChoice[] {
  const locale = useLocale();
  const { data = builtIn } = useQuery(eventTypesQuery);
  return data.map(({ name, labels, descriptions, sample, deprecated_at }) => ({
    name,
    kind: kindOf(name),
    label: labels[locale] || name,
    description: descriptions[locale],
    sample,
    deprecated: deprecated_at !== null,
  }));
}
