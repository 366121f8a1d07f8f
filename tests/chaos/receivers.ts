import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Behaviour, Received, ReceiverCommand } from './receiverProcess.ts';

/** The misbehaving receivers, in their own process on loopback. */
export type Receivers = {
  url: string;
  /** From now on every one of them behaves. */
  recover(): Promise<void>;
  /** From now on the one of this name does nothing else. */
  behave(webhook: string, behaviour: Behaviour): Promise<void>;
  /** Every request that came, in order; or those after the first so many. */
  received(from?: number): Promise<Received[]>;
  stop(): void;
};

export async function startReceivers(behaviours: Record<string, Behaviour>): Promise<Receivers> {
  const file = fileURLToPath(new URL('./receiverProcess.ts', import.meta.url));
  const child = fork(file, [JSON.stringify(behaviours)]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  let turn: Promise<unknown> = Promise.resolve();
  const ask = async (command: ReceiverCommand) => {
    child.send(command);
    const [answer] = (await once(child, 'message')) as [Received[]];
    return answer;
  };
  // One question at a time: answers carry no name.
  const tell = (command: ReceiverCommand) => {
    const answer = turn.then(() => ask(command));
    turn = answer.catch(() => {});
    return answer;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    recover: async () => void (await tell({ do: 'recover' })),
    behave: async (webhook, behaviour) => void (await tell({ do: 'behave', webhook, behaviour })),
    received: async (from = 0) => {
      const all: Received[] = [];
      for (;;) {
        const more = await tell({ do: 'report', from: from + all.length });
        if (more.length === 0) return all;
        all.push(...more);
      }
    },
    stop: () => child.disconnect(),
  };
}
