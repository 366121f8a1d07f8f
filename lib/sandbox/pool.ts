import { hash } from 'node:crypto';
import type { TransformResult } from '../domain/transform';
import { countSandboxDeath } from '../telemetry/metrics';
import { ConductBook, type Standing } from './conduct';
import { FairQueue } from './fairQueue';
import { SandboxJob, type SandboxTask } from './job';
import { SandboxProcess } from './process';

/** Children that may speak at once: two, and while one hangs, more of those that wait are tried at a time. */
const speakingChildren = 2;
const speakingBesideSilent = 4;
/** Children in all, with those that are silent. */
const maxChildren = 8;
/** Of these, for suspects, silent or not; beside those of the others, who never wait for them. */
const suspectChildren = 2;
/** A child that is silent for this long may be about to hang: a spare one is started in good time. */
const uneasyMs = 50;
const watchMs = 10;
const idleMs = 30_000;
const sweepMs = 5_000;
/** Clean records are a few hundred bytes each; one of the troubled is a kill or an overrun of a version's own. */
const conductRecords = { clean: 5000, troubled: 20_000 };

/** The system refused a process while others live: it is asked again after this long. */
const retryStartMs = 1000;

/** The lanes of those that nothing is held against take turns: a crowd of newcomers that hang delays only its own. */
const turns = [
  ['trusted', 'first'],
  ['proven', 'first'],
  ['fresh', 'first'],
  ['trusted', 'first'],
  ['proven', 'first'],
  ['fresh', 'last'],
] as const;

/** A job at work. The standing is that of the lane from which it came. */
type Slot = { child: SandboxProcess; standing: Standing };

/**
 * The children, and who is served next. A script that hangs costs others at most its first silence: from then on its
 * child does not count, and gives way when there are too many; the script is suspect, and suspects have children of
 * their own.
 */
export class SandboxPool {
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
  #watch: NodeJS.Timeout | undefined;
  #sweep: NodeJS.Timeout | undefined;

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
    for (let child = this.#idle(); child; child = this.#idle()) {
      const job = this.#next();
      if (!job) break;
      if (!job.endIfPaused()) void this.#runSlice(job, child);
    }
    this.#startChildren();
    if (this.#running.size > 0 || this.#isWaitedFor())
      this.#watch ??= setInterval(() => this.#watchAll(), watchMs);
  }

  #idle(): SandboxProcess | undefined {
    return this.#children.find((child) => child.isIdle);
  }

  #next(): SandboxJob | undefined {
    return (
      (this.#freeSlots() > 0 ? this.#takeInTurn() : undefined) ??
      (this.#freeSuspectSlots() > 0 ? this.#lanes.suspect.take(this.#busyKeys()) : undefined)
    );
  }

  /** How many more of the unsuspected may run now. */
  #freeSlots(): number {
    const slots = this.#unsuspected();
    const silent = slots.filter(({ child }) => child.isSilent).length;
    return (silent > 0 ? speakingBesideSilent : speakingChildren) - (slots.length - silent);
  }

  #freeSuspectSlots(): number {
    return suspectChildren - (this.#running.size - this.#unsuspected().length);
  }

  /**
   * Of the newcomers, who came last has as many turns as who came first: where a crowd of scripts hangs one after the
   * other at its first payload, whoever comes behind it does not wait for its end.
   */
  #takeInTurn(): SandboxJob | undefined {
    const busy = this.#busyKeys();
    for (let tried = 0; tried < turns.length; tried++) {
      const [lane, from] = turns[this.#turn++ % turns.length] ?? turns[0];
      const job = this.#lanes[lane].take(busy, from);
      if (job) return job;
    }
    return undefined;
  }

  #unsuspected(): Slot[] {
    return [...this.#running.values()].filter(({ standing }) => standing !== 'suspect');
  }

  #isWaitedFor(): boolean {
    return Object.values(this.#lanes).some((lane) => lane.size > 0);
  }

  #busyKeys(): Set<string> {
    return new Set([...this.#running.keys()].map(({ task }) => task.key));
  }

  /**
   * For those that may run and have no child; and spare ones in good time, so that whoever comes after a hanging
   * script does not wait for a process to start as well.
   */
  #startChildren(): void {
    if (performance.now() < this.#startAfter) return;
    const { suspect, ...others } = this.#lanes;
    const waiting = Object.values(others).reduce((sum, lane) => sum + lane.size, 0);
    const urgent = Math.min(waiting, Math.max(0, this.#freeSlots()));
    const suspects = Math.min(suspect.size, Math.max(0, this.#freeSuspectSlots()));
    const slots = this.#unsuspected();
    const uneasy = slots.filter(({ child }) => child.silenceMs > uneasyMs && !child.isSilent).length;
    const alive = this.#children.filter((child) => !child.isDead);
    const ready = alive.filter((child) => child.isIdle || child.isStarting).length;
    const missing = urgent + suspects + uneasy - ready;
    const room = maxChildren - alive.length;
    if (urgent > 0 && ready === 0 && room === 0) {
      toGiveWay(slots)?.yield();
      this.#start(1);
    } else this.#start(Math.min(missing, room));
  }

  #start(count: number): void {
    this.#sweep ??= setInterval(() => this.#sweepChildren(), sweepMs).unref();
    try {
      for (let started = 0; started < count; started++) {
        const child: SandboxProcess = new SandboxProcess(() => this.#changed(child));
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
    this.#serve();
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
    this.#running.set(job, { child, standing });
    // What goes wrong here is this job's end and nobody else's: the others are served on.
    const isOver = await this.#ask(job, child).catch((error: Error) => {
      job.reject(error);
      return true;
    });
    this.#running.delete(job);
    if (!isOver) this.#lanes[job.standing()].putBack(key, job);
    if (job.standing() !== standing) this.#moveLine(key, standing);
    this.#serve();
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

/** One that hangs, or else the one that was silent longest. */
function toGiveWay(slots: Slot[]): SandboxProcess | undefined {
  const children = slots.map(({ child }) => child).filter((child) => child.isSilent && !child.isDead);
  children.sort((one, other) => other.silenceMs - one.silenceMs);
  return children.find((child) => child.hangs) ?? children[0];
}
