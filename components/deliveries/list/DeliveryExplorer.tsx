import { useLocale } from 'next-intl';
import { Suspense } from 'react';
import {
  eventGroups,
  subscribableEventNames,
  subscribableEventTypes,
  testEventType,
} from '@/lib/domain/eventTypes';
import { DeliveryBrowser } from './DeliveryBrowser';
import type { EventTypeOption } from './DeliveryFilterBar';

type DeliveryExplorerProps = {
  /** Only this webhook's deliveries, as a part of its page. */
  webhookId?: string;
};

/**
 * The log of deliveries: filters in the URL, live rows, and one delivery open in a side sheet when the path ends with
 * its id. Belongs into a layout, so that the list stays while the sheet opens and closes.
 */
export function DeliveryExplorer({ webhookId }: DeliveryExplorerProps) {
  const locale = useLocale();
  // Read here, on the server: the catalogue's schemas stay out of the browser.
  const types: EventTypeOption[] = subscribableEventNames.map((name) => ({
    value: name,
    label: name,
    group: eventGroups[subscribableEventTypes[name].group][locale],
  }));
  return (
    <Suspense>
      <DeliveryBrowser
        webhookId={webhookId}
        eventTypes={[...types, { value: testEventType, label: testEventType }]}
      />
    </Suspense>
  );
}
