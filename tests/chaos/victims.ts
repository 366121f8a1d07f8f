import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf } from '../support/processes.ts';
import type { Random } from './random.ts';

/** What is killed; `stop` sleeps a drain (SIGSTOP) for longer than its leases last, then lets it go on. */
export type Kind = 'app' | 'drain' | 'postgres' | 'backend' | 'sandbox' | 'stop';

export const kinds: Kind[] = ['app', 'drain', 'postgres', 'backend', 'sandbox', 'stop'];

/** Milliseconds between two of a kind: the launcher gives up when a part dies four times within a minute. */
const pauses: Record<Kind, number> = {
  app: 22_000,
  drain: 22_000,
  postgres: 22_000,
  backend: 8000,
  sandbox: 6000,
  stop: 30_000,
};

/** Milliseconds that a stopped drain sleeps; a lease is the webhook's timeout (1 or 2 s) and 20 s. */
const stopMs = 23_000;

const appProgram = /^next-server/;
const postmaster = /\/postgres -D /;
const sandbox = /sandbox[\\/]child[\\/]main/;

/** The stack's processes, and when each kind was last killed. */
export class Victims {
  readonly killed: Record<Kind, number> = { app: 0, drain: 0, postgres: 0, backend: 0, sandbox: 0, stop: 0 };
  readonly #last = new Map<Kind, number>();
  readonly #secondApp: () => number | undefined;
  readonly #stopped = new Map<number, Promise<void>>();

  /** @param secondApp the present id of the second app process, where there is one: tells it from the stack's own */
  constructor(secondApp: () => number | undefined) {
    this.#secondApp = secondApp;
  }

  get total(): number {
    return Object.values(this.killed).reduce((sum, count) => sum + count, 0);
  }

  /** Kills one process of a kind whose turn it is, or none when nothing can be killed now. */
  killOne(random: Random, among: Kind[] = kinds): Kind | null {
    const ready = among.filter((kind) => Date.now() - (this.#last.get(kind) ?? 0) >= pauses[kind]);
    while (ready.length > 0) {
      const kind = random.pick(ready);
      ready.splice(ready.indexOf(kind), 1);
      const candidates = this.#candidates(kind).filter((pid) => !this.#stopped.has(pid));
      if (candidates.length === 0) continue;
      if (!this.#strike(kind, random.pick(candidates))) continue;
      this.#last.set(kind, Date.now());
      this.killed[kind] += 1;
      return kind;
    }
    return null;
  }

  /** Resolves when no process sleeps any more. */
  async awake(): Promise<void> {
    await Promise.all(this.#stopped.values());
  }

  #candidates(kind: Kind): number[] {
    const [app, drain] = [this.#apps(false), this.#apps(true)];
    const [server] = childrenOf(process.pid, postmaster);
    switch (kind) {
      case 'app':
        return app;
      case 'drain':
        return drain;
      case 'stop':
        return [...app, ...drain];
      case 'sandbox':
        return [...app, ...drain].flatMap((pid) => childrenOf(pid, sandbox));
      case 'postgres':
        return server ? [server] : [];
      case 'backend':
        return server ? childrenOf(server) : [];
    }
  }

  #apps(second: boolean): number[] {
    return childrenOf(process.pid, appProgram).filter((pid) => (pid === this.#secondApp()) === second);
  }

  /** False when the process has ended by itself. */
  #strike(kind: Kind, pid: number): boolean {
    if (kind !== 'stop') return signal(pid, 'SIGKILL');
    if (!signal(pid, 'SIGSTOP')) return false;
    const waking = sleep(stopMs).then(() => {
      this.#stopped.delete(pid);
      signal(pid, 'SIGCONT');
    });
    this.#stopped.set(pid, waking);
    return true;
  }
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
