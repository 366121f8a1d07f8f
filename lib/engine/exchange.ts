import { WebhookError } from '@/lib/domain/errors';
import {
  type Claim,
  type ClaimRequest,
  exchangeDeliveries,
  type SettledResult,
  settleDeliveries,
} from '@/lib/store/queueStore';

/**
 * Hands in results and takes new deliveries, in one transaction. When the database refuses the
 * results for what is in them, they are written apart, so that one bad result holds up no other.
 * @throws WebhookError `database_unavailable`, `timeout`: nothing is known to be written
 */
export async function exchange(results: SettledResult[], request: ClaimRequest): Promise<Claim | null> {
  try {
    return await exchangeDeliveries(results, request);
  } catch (error) {
    if (results.length === 0 || isUnavailable(error)) throw error;
    await write(results);
    return await exchangeDeliveries([], request);
  }
}

const isUnavailable = (error: unknown) =>
  error instanceof WebhookError && (error.code === 'database_unavailable' || error.code === 'timeout');

/**
 * Writes results. When the database refuses a batch for what is in it, halves it until the one result at fault
 * stands alone, and writes that one without its texts: the outcome counts more than the log. One that is refused
 * even so is dropped, and its delivery claimed again when the lease lapses: it must not hold up the others.
 */
async function write(results: SettledResult[]): Promise<void> {
  try {
    await settleDeliveries(results);
  } catch (error) {
    if (isUnavailable(error)) throw error;
    const [only] = results;
    if (results.length === 1 && only) {
      console.error(`the texts of delivery ${only.id} could not be written`, error);
      await settleDeliveries([withoutTexts(only)]).catch((refused) => {
        if (isUnavailable(refused)) throw refused;
        console.error(`the result of delivery ${only.id} could not be written`, refused);
      });
      return;
    }
    const middle = Math.ceil(results.length / 2);
    await write(results.slice(0, middle));
    await write(results.slice(middle));
  }
}

function withoutTexts(result: SettledResult): SettledResult {
  const texts = {
    request_headers: undefined,
    request_body: undefined,
    request_format: undefined,
    response_headers: undefined,
    response_body: undefined,
    console: undefined,
  };
  return { ...result, ...texts };
}
