import type { EventName, EventPayload } from '@/lib/domain/eventSchemas';
import { logger } from '@/lib/telemetry/logger';
import { triggerWebhooksForEvent } from './triggerWebhooksForEvent';

/**
 * Triggers the event of a change that is saved, and answers to how many webhooks it goes. The row has told it already:
 * when nobody can be asked just now, the event goes out all the same, and the answer is null.
 */
export async function deliveriesOf<E extends EventName>(
  eventType: E,
  payload: EventPayload<E>,
): Promise<number | null> {
  try {
    return (await triggerWebhooksForEvent(eventType, payload)).deliveries;
  } catch (error) {
    logger().error(
      { err: error },
      `the deliveries of ${eventType} could not be asked; it goes out all the same`,
    );
    return null;
  }
}
