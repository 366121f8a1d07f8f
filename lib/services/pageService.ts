import { WebhookError } from '@/lib/domain/errors';
import { type Caller, getCaller } from '@/lib/store/callerStore';
import { sessionLimit as patience, within } from '@/lib/store/timeLimits';

/** What a page is drawn with on the server. Acts for the person behind the current request. */
export const pageService = {
  /** Who looks at it; null: nobody who is known. @throws WebhookError when that cannot be told now */
  viewer: (): Promise<Caller | null> => within(patience, getCaller()),

  /**
   * Waits for first data, but not for long. False where there is none now, whatever the refusal: the browser asks again, and
   * says what is wrong.
   * @throws WebhookError of status 404: there is no such page; anything else that is no refusal but a fault
   */
  async filled(data: Promise<unknown>): Promise<boolean> {
    try {
      await within(patience, data);
      return true;
    } catch (error) {
      if (error instanceof WebhookError && error.status !== 404) return false;
      throw error;
    }
  },
};
