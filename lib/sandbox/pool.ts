import { hash } from 'node:crypto';
import type { TransformResult } from '../domain/transform';
import { logger } from '../telemetry/logger';
import { countSandboxDeath, countSandboxFault } from '../telemetry/metrics';
import { ConductBook, type Standing } from './conduct';
import { FairQueue } from './fairQueue';
import { SandboxJob, type SandboxTask } from './job';
import { type SandboxFault, SandboxProcess } from './process';
import { childrenToStart, freeOf, type Group, groupOf, groups, longestHanging } from './staffing';

/**
 * How long suspects rest for each millisecond that one of them ran: what they burn is at most a quarter of one
 * processor. Niceness alone does not see to that: it knows no quota of a container, and not whom else a machine has to
 * serve.
 */
const suspectRest = 3;
const watchMs = 10;
const idleMs = 30_000;
const sweepMs = 5_000;
/** Clean records are a few hundred bytes each; one of the troubled is a kill or an overrun of a version's own. */
const conductRecords = { clean: 5000, troubled: 20_000 };

/** The system refused a process while others live: it is asked again after this long. */
const retryStartMs = 1000;

/**
 * Newcomers that have come to an end before take turns with those that have not; and of these, who came last has as many
 * as who came first: where a crowd of scripts hangs one after the other at its first payload, whoever comes behind it
 * does not wait for its end.
 */
const turns = [
  ['proven', 'first'],
  ['fresh', 'first'],
  ['proven', 'first'],
  ['fresh', 'last'],
] as const;

/** A job at work. The group is that from which it came. */
type Slot = { child: SandboxProcess; group: Group };

/**
 * The children, and who is served next. A script that hangs costs its own group at most its first silence: from then on
 * its child does not count, and gives way when there are too many; the script is suspect.
 */
export class SandboxPool {
  readonly #alwaysLow: boolean;
  readonly #lanes: Record<Standing, FairQueue<SandboxJob>> = {
    trusted: new FairQueue(),
    proven: new FairQueue(),
    fresh: new FairQueue(),
    suspect: new FairQueue(),
  };
  readonly #running = new Map<SandboxJob, Slot>();
  readonly #conducts = new ConductBook(conductRecords, () => performance.now());
  #children: SandboxProcess[] = [];
  /** The next of the turns. */
  #turn = 0;
  /** No child is started before. */
  #startAfter = 0;
  /** No suspect is served before. */
  #suspectsFrom = 0;
  #watch: NodeJS.Timeout | undefined;
  #sweep: NodeJS.Timeout | undefined;

  /** @param alwaysLow its children are of low priority, whoever they work for */
  constructor(alwaysLow = false) {
    this.#alwaysLow = alwaysLow;
  }

  /**
   * One result for each input, in order. Rejects only when no child starts, when a single input is longer than a
   * frame, or when the pool is closed.
   */
  run(task: SandboxTask): Promise<TransformResult[]> {
    return new Promise((resolve, reject) => {
      // A check is judged by who asks, whatever the script.
      const digest = task.kind === 'check' ? '' : hash('sha256', task.script);
      const job = new SandboxJob(task, this.#conducts.of(task.key, digest), resolve, reject);
      this.#lanes[job.standing()].push(task.key, job);
      this.#serve();
    });
  }

  /** Kills the children and rejects what is not finished. A later `run` starts children again. */
  async close(): Promise<void> {
    const waiting = Object.values(this.#lanes).flatMap((lane) => lane.clear());
    const jobs = [...this.#running.keys(), ...waiting];
    for (const job of jobs) job.reject(new Error('The transform sandbox was closed.'));
    this.#running.clear();
    await Promise.all(this.#children.map((child) => child.close()));
    this.#sweepChildren();
  }

  /** Kills the children without waiting: for the moment in which this process ends. */
  abandon(): void {
    for (const child of this.#children) void child.close();
  }

  /** A job is taken when a child is there for it, so that whose turn it is then is served, whoever waited for a start. */
  #serve(): void {
    while (groups.some((group) => this.#serveNext(group)));
    this.#startChildren();
    if (this.#running.size > 0 || this.#isWaitedFor())
      this.#watch ??= setInterval(() => this.#watchAll(), watchMs);
  }

  #serveNext(group: Group): boolean {
    const child = this.#free(group) > 0 ? this.#idle(group) : undefined;
    const job = child && this.#take(group);
    if (!child || !job) return false;
    this.#begin(job, child);
    return true;
  }

  /** The trusted rather have a child of low priority than none; the others have no other. */
  #idle(group: Group): SandboxProcess | undefined {
    const idle = this.#children.filter(({ isIdle }) => isIdle);
    const low = idle.find(({ isLow }) => isLow);
    return group === 'trusted' ? (idle.find(({ isLow }) => !isLow) ?? low) : low;
  }

  #take(group: Group): SandboxJob | undefined {
    const busy = new Set([...this.#running.keys()].map(({ task }) => task.key));
    if (group === 'trusted') return this.#lanes.trusted.take(busy);
    if (group === 'suspects') return this.#lanes.suspect.take(busy);
    for (let tried = 0; tried < turns.length; tried++) {
      const [lane, from] = turns[this.#turn++ % turns.length] ?? turns[0];
      const job = this.#lanes[lane].take(busy, from);
      if (job) return job;
    }
    return undefined;
  }

  #begin(job: SandboxJob, child: SandboxProcess): void {
    if (!job.endIfPaused()) void this.#runSlice(job, child);
  }

  /** How many more of the group may run now. */
  #free(group: Group): number {
    return freeOf(group, [...this.#running.values()], performance.now() < this.#suspectsFrom);
  }

  /** How many of the group wait that may run now. */
  #wanting(group: Group): number {
    const { trusted, proven, fresh, suspect } = this.#lanes;
    const sizes = { trusted: trusted.size, newcomers: proven.size + fresh.size, suspects: suspect.size };
    return Math.min(sizes[group], Math.max(0, this.#free(group)));
  }

  #isWaitedFor(): boolean {
    return Object.values(this.#lanes).some((lane) => lane.size > 0);
  }

  #startChildren(): void {
    if (performance.now() < this.#startAfter) return;
    const work = [...this.#running.values()];
    const wanting = {
      trusted: this.#wanting('trusted'),
      newcomers: this.#wanting('newcomers'),
      suspects: this.#wanting('suspects'),
    };
    const { high, low, inPlaceOfOne } = childrenToStart(wanting, this.#children, work);
    this.#start(high, false);
    this.#start(low, true);
    if (inPlaceOfOne === null) return;
    longestHanging(work)?.child.yield();
    this.#start(1, inPlaceOfOne === 'low');
  }

  #start(count: number, isLow: boolean): void {
    this.#sweep ??= setInterval(() => this.#sweepChildren(), sweepMs).unref();
    try {
      for (let started = 0; started < count; started++) {
        const child: SandboxProcess = new SandboxProcess(isLow || this.#alwaysLow, () =>
          this.#changed(child),
        );
        this.#children.push(child);
      }
    } catch (error) {
      this.#refused(error instanceof Error ? error.message : String(error));
    }
  }

  /** A child is ready, or has ended. */
  #changed(child: SandboxProcess): void {
    const reason = child.failedToStart;
    if (reason) this.#refused(reason);
    const { fault } = child;
    if (fault) raiseAlarm(fault, this.#jobOf(child)?.task);
    this.#serve();
  }

  #jobOf(child: SandboxProcess): SandboxJob | undefined {
    for (const [job, slot] of this.#running) if (slot.child === child) return job;
    return undefined;
  }

  /** No process is to be had. While others live, the work waits for them; else there is nothing to wait for. */
  #refused(reason: string): void {
    countSandboxDeath('unstarted');
    if (this.#children.some((child) => !child.isDead)) {
      this.#startAfter = performance.now() + retryStartMs;
      return;
    }
    const error = new Error(`The transform sandbox does not start: ${reason}`);
    for (const job of Object.values(this.#lanes).flatMap((lane) => lane.clear())) job.reject(error);
  }

  /** One job has one child for one slice; then the rest of the job queues again. Never rejects. */
  async #runSlice(job: SandboxJob, child: SandboxProcess): Promise<void> {
    const { key } = job.task;
    const standing = job.standing();
    const group = groupOf[standing];
    const began = performance.now();
    this.#running.set(job, { child, group });
    // What goes wrong here is this job's end and nobody else's: the others are served on.
    const isOver = await this.#ask(job, child).catch((error: Error) => {
      job.reject(error);
      return true;
    });
    this.#running.delete(job);
    if (group === 'suspects') this.#restSuspects(performance.now() - began);
    if (!isOver) this.#lanes[job.standing()].putBack(key, job);
    if (job.standing() !== standing) this.#moveLine(key, standing);
    this.#serve();
  }

  #restSuspects(ranMs: number): void {
    this.#suspectsFrom = Math.max(this.#suspectsFrom, performance.now()) + suspectRest * ranMs;
  }

  /** Has the child do the job's next request. True when the job is over. */
  async #ask(job: SandboxJob, child: SandboxProcess): Promise<boolean> {
    let progressed = false;
    const end = await child.ask(job.nextRequest(), (results) => {
      progressed ||= results.length > 0;
      job.accept(results);
    });
    if (child.isWorn) void child.close();
    // No longer among the running: the pool was closed meanwhile, and has rejected the job.
    return !this.#running.has(job) || job.endRequest(end, progressed);
  }

  #moveLine(key: string, from: Standing): void {
    for (const job of this.#lanes[from].remove(key)) this.#lanes[job.standing()].push(key, job);
  }

  #watchAll(): void {
    for (const child of this.#children) child.watch();
    if (this.#running.size > 0 || this.#isWaitedFor()) {
      this.#serve();
      return;
    }
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  /** Ends children that nobody needs, and forgets dead ones. */
  #sweepChildren(): void {
    for (const child of this.#children) if (child.isIdle && child.silenceMs > idleMs) void child.close();
    this.#children = this.#children.filter((child) => !child.isDead);
    if (this.#children.length > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }
}

/**
 * A child died of what no script should be able to do: an operator has to know, and whose script it was. Nothing of the
 * script or its payload is said.
 */
function raiseAlarm({ exit, said }: SandboxFault, task: SandboxTask | undefined): void {
  countSandboxFault(exit);
  const script = task && hash('sha256', task.script);
  logger().error(
    { exit, said, key: task?.key, script_sha256: script },
    'a fault of the engine ended a transform sandbox: its script may be looking for a way out, and rests',
  );
}
