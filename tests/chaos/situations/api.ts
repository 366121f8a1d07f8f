import type { Fault } from '../../support/faultProxy.ts';
import { saysExchangesFail, saysUnavailable } from './named.ts';
import { check, type Situation, type Trouble } from './situation.ts';

/*
 * What stands between the app and its database fails in every way that a network and a gateway know, and there is no other way:
 * as where no WEBHOOKS_DATABASE_URL is given.
 */

const fault = (
  name: string,
  what: Fault,
  promise: Situation['promise'],
  { path, named }: { path?: RegExp; named?: Trouble['named'] } = {},
): Situation => ({
  name: `api: ${name}`,
  promise,
  emit: 'sql',
  begin: async (product) => {
    await product.line.become('refuse');
    await product.proxy.fault(what, path);
    const struck = product.proxy.struck();
    // A person's request, while it lasts.
    const verb = product.call('GET', '/api/webhooks', undefined, 30_000);
    return {
      ...(named && { named }),
      end: async () => {
        await product.proxy.fault(null);
        await product.line.become('open');
      },
      promises: async () => {
        const { status, ms, body } = await verb;
        const times = product.proxy.struck() - struck;
        return [
          check(
            'a person is answered within 10 s',
            1,
            ms < 11_000 && status > 0 ? [] : [`${status} ${ms} ${body}`],
          ),
          // Nobody can count calls where nobody listens.
          check('the fault was met', times, times > 0 || what.kind === 'refuse' ? [] : ['never']),
        ];
      },
    };
  },
});

export const api: Situation[] = [
  fault('it hangs', { kind: 'hang' }, 'afterwards', { named: saysUnavailable }),
  fault('connections are cut', { kind: 'reset' }, 'afterwards', { named: saysUnavailable }),
  fault('nobody listens', { kind: 'refuse' }, 'afterwards', { named: saysUnavailable }),
  fault('connections are accepted, nobody reads', { kind: 'deaf' }, 'afterwards', { named: saysUnavailable }),
  fault('a gateway answers 502 and HTML', { kind: 'answer' }, 'afterwards', { named: saysUnavailable }),
  fault('half of every answer comes', { kind: 'half' }, 'afterwards', { named: saysUnavailable }),
  fault('the answers of exchanges are lost', { kind: 'lost' }, 'afterwards', { path: /exchange_webhook/ }),
  fault('exchanges hang', { kind: 'hang' }, 'afterwards', {
    path: /exchange_webhook/,
    named: saysExchangesFail,
  }),
  fault('each call takes 300 ms more', { kind: 'slow', ms: 300 }, 'slower'),
];
