import { check, type Situation } from './situation.ts';
import { addWebhooks, emitMany, until } from './webhooks.ts';

/* A receiver refuses one kind of event (422) and takes another. */

export const refusals: Situation[] = [
  {
    name: 'refusals: 100 events are answered 422, then 10 that the receiver wants',
    promise: 'beside',
    emit: 'http',
    begin: async (product) => {
      await addWebhooks(product, ['picky'], 'picky', {
        events: ['lead.deleted', 'lead.updated'],
        retry_delay: 5,
      });
      const from = (await product.receivers.received()).length;
      await emitMany(product.sql, 'lead.deleted', 100);
      const came = async () =>
        (await product.receivers.received(from)).filter(({ webhook }) => webhook === 'picky');
      await until(async () => (await came()).length >= 100, 5000);
      const began = Date.now();
      await emitMany(product.sql, 'lead.updated', 10);
      const wanted = until(
        async () => (await came()).filter(({ accepted }) => accepted).length === 10,
        20_000,
      ).then((all) => (all ? Date.now() - began : null));
      return {
        end: async () => {},
        promises: async () => {
          const ms = await wanted;
          return [
            check(
              'the 10 arrive at once',
              10,
              ms !== null && ms < 3000 ? [] : [ms === null ? 'not within 20 s' : `after ${ms} ms`],
            ),
          ];
        },
      };
    },
  },
];
