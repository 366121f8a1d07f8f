import { WebhookError } from '@/lib/domain/errors';
import { type SettledResult, settleDeliveries } from '@/lib/store/queueStore';

/** Most results in one statement. */
const batchSize = 500;
/** Milliseconds between tries while the database cannot be reached. */
const retryPause = 500;
/** Milliseconds after which a result is dropped: its lease has long lapsed and another drain sends again. */
const resultLifetime = 60_000;

type Waiting = { result: SettledResult; since: number };

/**
 * Writes results in batches: while one batch is being written the next one gathers, so that batches grow with
 * the load and a lone result never waits.
 */
export class Settler {
  readonly #onSettled: () => void;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;

  /** @param onSettled called after each batch that was written */
  constructor(onSettled: () => void) {
    this.#onSettled = onSettled;
  }

  add(result: SettledResult): void {
    this.#waiting.push({ result, since: Date.now() });
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
  }

  /** Resolves when everything that was added is written or dropped. */
  async idle(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async #writeAll(): Promise<void> {
    // One turn of the event loop lets results that arrive together go together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, batchSize);
      try {
        await write(batch.map(({ result }) => result));
        this.#onSettled();
      } catch (error) {
        console.error('webhook results could not be written; trying again', error);
        const alive = batch.filter(({ since }) => Date.now() - since < resultLifetime);
        this.#waiting.unshift(...alive);
        await new Promise((resolve) => setTimeout(resolve, retryPause));
      }
    }
  }
}

/**
 * Writes results. When the database refuses a batch for what is in it, halves it until the one result at fault
 * stands alone, and writes that one without its texts: the outcome counts more than the log.
 */
async function write(results: SettledResult[]): Promise<void> {
  try {
    await settleDeliveries(results);
  } catch (error) {
    if (error instanceof WebhookError && (error.code === 'database_unavailable' || error.code === 'timeout'))
      throw error;
    const [only] = results;
    if (results.length === 1 && only) {
      console.error(`the texts of delivery ${only.id} could not be written`, error);
      await settleDeliveries([withoutTexts(only)]);
      return;
    }
    const middle = Math.ceil(results.length / 2);
    await write(results.slice(0, middle));
    await write(results.slice(middle));
  }
}

function withoutTexts(result: SettledResult): SettledResult {
  const texts = {
    request_headers: null,
    request_body: null,
    response_headers: null,
    response_body: null,
    console: null,
  };
  return { ...result, ...texts };
}
