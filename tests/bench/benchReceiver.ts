import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ReceiverCommand, ReceiverReport } from './receiverProcess.ts';

/** A receiver in another process. */
export type BenchReceiver = {
  url: string;
  pid: number;
  tell(command: ReceiverCommand): Promise<ReceiverReport>;
  /** Resolves when `count` requests have arrived since the last reset; fails when none arrives for 30 s. */
  untilCount(count: number): Promise<ReceiverReport>;
  stop(): void;
};

export async function startBenchReceiver(): Promise<BenchReceiver> {
  const child: ChildProcess = fork(fileURLToPath(new URL('./receiverProcess.ts', import.meta.url)));
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const tell = async (command: ReceiverCommand) => {
    child.send(command);
    const [report] = (await once(child, 'message')) as [ReceiverReport];
    return report;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    tell,
    untilCount: async (count) => {
      let last = { count: -1, at: Date.now() };
      for (;;) {
        const report = await tell({ do: 'report' });
        if (report.count >= count) return report;
        if (report.count > last.count) last = { count: report.count, at: Date.now() };
        if (Date.now() - last.at > 30_000)
          throw new Error(`only ${report.count} of ${count} requests arrived`);
        await sleep(20);
      }
    },
    stop: () => child.disconnect(),
  };
}
