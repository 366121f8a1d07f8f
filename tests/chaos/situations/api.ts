import type { Fault } from '../../support/faultProxy.ts';
import { check, type Situation } from './situation.ts';

/* What stands between the app and its database fails in every way that a network and a gateway know. */

const saysSo = ({ status }: { status: number }) => status === 503;

const fault = (
  name: string,
  what: Fault,
  promise: Situation['promise'],
  { path, named }: { path?: RegExp; named?: typeof saysSo } = {},
): Situation => ({
  name: `api: ${name}`,
  promise,
  emit: 'sql',
  begin: async (product) => {
    await product.proxy.fault(what, path);
    const struck = product.proxy.struck();
    // A person's request, while it lasts.
    const verb = product.call('GET', '/api/webhooks', undefined, 30_000);
    return {
      ...(named && { named }),
      end: () => product.proxy.fault(null),
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
  fault('it hangs', { kind: 'hang' }, 'afterwards', { named: saysSo }),
  fault('connections are cut', { kind: 'reset' }, 'afterwards', { named: saysSo }),
  fault('nobody listens', { kind: 'refuse' }, 'afterwards', { named: saysSo }),
  fault('connections are accepted, nobody reads', { kind: 'deaf' }, 'afterwards'),
  fault('a gateway answers 502 and HTML', { kind: 'answer' }, 'afterwards', { named: saysSo }),
  fault('half of every answer comes', { kind: 'half' }, 'afterwards', { named: saysSo }),
  fault('the answers of exchanges are lost', { kind: 'lost' }, 'afterwards', { path: /exchange_webhook/ }),
  fault('exchanges hang', { kind: 'hang' }, 'afterwards', { path: /exchange_webhook/, named: saysSo }),
  fault('each call takes 300 ms more', { kind: 'slow', ms: 300 }, 'slower'),
];
