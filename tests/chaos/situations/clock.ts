import { check, type Situation } from './situation.ts';
import { addWebhooks, emitMany, unlessAll } from './webhooks.ts';

/* Somebody, or NTP, sets the clock of the app's machine. */

const retried = 20;

const step = (name: string, offsetMs: number): Situation => ({
  name: `clock: the app's is set ${name}`,
  promise: 'beside',
  emit: 'http',
  begin: async (product) => {
    const [target = ''] = await addWebhooks(product, ['flaky-once'], 'error', {
      events: ['lead.updated'],
      max_retries: 20,
    });
    await emitMany(product.sql, 'lead.updated', retried);
    await new Promise((resolve) => setTimeout(resolve, 500));
    product.stepClock(offsetMs);
    await product.receivers.behave('flaky-once', 'well');
    return {
      end: async () => product.stepClock(0),
      promises: async () => [
        check(
          'what was to be tried again is, in time',
          retried,
          await unlessAll(product.sql, [target], { status: 'success', count: retried, withinMs: 15_000 }),
        ),
      ],
    };
  },
});

export const clock: Situation[] = [
  step('back by ten minutes', -600_000),
  step('forward by an hour', 3_600_000),
];
