import { hash } from 'node:crypto';
import type { TransformResult } from '../domain/transform';
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

/** The lanes of those that nothing is held against take turns: a crowd of newcomers that hang delays only its own. */
const unsuspected = ['trusted', 'proven', 'fresh'] as const;

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
  /** Which of the unsuspected lanes has the next turn. */
  #turn = 0;
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

  #serve(): void {
    for (let job = this.#next(); job; job = this.#next()) {
      if (!job.endIfPaused()) void this.#runSlice(job);
    }
  }

  #next(): SandboxJob | undefined {
    return this.#nextUnsuspected() ?? this.#nextSuspect();
  }

  #nextUnsuspected(): SandboxJob | undefined {
    const slots = this.#slots((standing) => standing !== 'suspect');
    const silent = slots.filter(({ child }) => child.isSilent);
    const most = silent.length > 0 ? speakingBesideSilent : speakingChildren;
    if (slots.length - silent.length >= most) return undefined;
    const job = this.#takeInTurn();
    if (job && !this.#hasRoom()) longestSilent(silent)?.yield();
    return job;
  }

  #nextSuspect(): SandboxJob | undefined {
    if (this.#slots((standing) => standing === 'suspect').length >= suspectChildren) return undefined;
    return this.#hasRoom() ? this.#lanes.suspect.take(this.#busyKeys()) : undefined;
  }

  #takeInTurn(): SandboxJob | undefined {
    const busy = this.#busyKeys();
    for (let tried = 0; tried < unsuspected.length; tried++) {
      const lane = unsuspected[this.#turn++ % unsuspected.length] ?? 'fresh';
      const job = this.#lanes[lane].take(busy);
      if (job) return job;
    }
    return undefined;
  }

  #slots(fits: (standing: Standing) => boolean): Slot[] {
    return [...this.#running.values()].filter(({ standing }) => fits(standing));
  }

  #busyKeys(): Set<string> {
    return new Set([...this.#running.keys()].map(({ task }) => task.key));
  }

  #hasRoom(): boolean {
    const alive = this.#children.filter((child) => !child.isDead);
    return alive.length < maxChildren || alive.some((child) => child.isIdle);
  }

  /** One job has one child for one slice; then the rest of the job queues again. Never rejects. */
  async #runSlice(job: SandboxJob): Promise<void> {
    const { key } = job.task;
    const standing = job.standing();
    this.#watch ??= setInterval(() => this.#watchChildren(), watchMs);
    // What goes wrong here is this job's end and nobody else's: the others are served on.
    const isOver = await this.#ask(job, standing).catch((error: Error) => {
      job.reject(error);
      return true;
    });
    this.#running.delete(job);
    if (!isOver) this.#lanes[job.standing()].putBack(key, job);
    if (job.standing() !== standing) this.#moveLine(key, standing);
    this.#serve();
  }

  /** Has an idle child, or a new one, do the job's next request. True when the job is over. */
  async #ask(job: SandboxJob, standing: Standing): Promise<boolean> {
    const idle = this.#children.filter((candidate) => candidate.isIdle);
    const child = idle.find((candidate) => candidate.isReady) ?? idle[0] ?? this.#spawn();
    this.#running.set(job, { child, standing });
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

  #spawn(): SandboxProcess {
    this.#sweep ??= setInterval(() => this.#sweepChildren(), sweepMs).unref();
    const child = new SandboxProcess();
    this.#children.push(child);
    return child;
  }

  #watchChildren(): void {
    for (const child of this.#children) child.watch();
    if (this.#running.size === 0) {
      clearInterval(this.#watch);
      this.#watch = undefined;
      return;
    }
    if (Object.values(this.#lanes).some((lane) => !lane.isEmpty)) this.#serve();
    this.#prepareSpares();
  }

  /** So that whoever comes after a hanging script does not wait for a process to start as well. */
  #prepareSpares(): void {
    const uneasy = this.#slots((standing) => standing !== 'suspect').filter(
      ({ child }) => child.isReady && child.silenceMs > uneasyMs && !child.isSilent,
    );
    const alive = this.#children.filter((child) => !child.isDead);
    const missing = uneasy.length - alive.filter((child) => child.isIdle).length;
    // A system that refuses processes is not asked for spare ones until the failed are swept away.
    if (this.#children.some((child) => child.failedToStart)) return;
    try {
      for (let started = 0; started < Math.min(missing, maxChildren - alive.length); started++) this.#spawn();
    } catch {
      // Whoever needs the child will be told.
    }
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

function longestSilent(slots: Slot[]): SandboxProcess | undefined {
  const alive = slots.map(({ child }) => child).filter((child) => !child.isDead);
  return alive.sort((one, other) => other.silenceMs - one.silenceMs)[0];
}
