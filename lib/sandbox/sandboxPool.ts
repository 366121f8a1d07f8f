import { hash } from 'node:crypto';
import type { TransformResult } from '../domain/transform';
import { FairQueue } from './fairQueue';
import { SandboxJob, type SandboxTask } from './sandboxJob';
import { SandboxProcess } from './sandboxProcess';
import { ConductBook, type Standing } from './scriptConduct';

const maxChildren = 2;
const watchMs = 10;
const idleMs = 30_000;
const sweepMs = 5_000;
/** A child that has grown this far is replaced between two requests. */
const retireBytes = 256 * 1024 * 1024;
const conductRecords = 5000;

/**
 * The children, and who is served next. At most one child at a time runs scripts that have yet to prove
 * themselves, or that are suspect; so one is always there for the proven ones.
 */
export class SandboxPool {
  readonly #lanes: Record<Standing, FairQueue<SandboxJob>> = {
    fresh: new FairQueue(),
    suspect: new FairQueue(),
    proven: new FairQueue(),
  };
  readonly #running = new Set<SandboxJob>();
  readonly #conducts = new ConductBook(conductRecords);
  #children: SandboxProcess[] = [];
  #riskTaken = false;
  #watch: NodeJS.Timeout | undefined;
  #sweep: NodeJS.Timeout | undefined;

  /**
   * One result for each input, in order. Rejects only when no child starts, when a single input is longer than a
   * frame, or when the pool is closed.
   */
  run(task: SandboxTask): Promise<TransformResult[]> {
    return new Promise((resolve, reject) => {
      const conduct = this.#conducts.of(task.key, hash('sha256', task.script));
      const job = new SandboxJob(task, conduct, resolve, reject);
      this.#lanes[job.standing()].push(task.key, job);
      this.#serve();
    });
  }

  /** Kills the children and rejects what is not finished. A later `run` starts children again. */
  async close(): Promise<void> {
    const jobs = [...this.#running, ...Object.values(this.#lanes).flatMap((lane) => lane.clear())];
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
    for (;;) {
      const idle = this.#children.find((candidate) => candidate.isIdle);
      if (!idle && this.#children.filter((candidate) => !candidate.isDead).length >= maxChildren) return;
      const job = this.#next();
      if (!job) return;
      if (!job.endIfPaused()) void this.#runSlice(job, idle);
    }
  }

  #next(): SandboxJob | undefined {
    const { fresh, suspect, proven } = this.#lanes;
    return (this.#riskTaken ? undefined : (fresh.take() ?? suspect.take())) ?? proven.take();
  }

  /** One job has one child for one slice; then the rest of the job queues again. Never rejects. */
  async #runSlice(job: SandboxJob, idle: SandboxProcess | undefined): Promise<void> {
    const standing = job.standing();
    const isRisk = standing !== 'proven';
    if (isRisk) this.#riskTaken = true;
    this.#running.add(job);
    this.#watch ??= setInterval(() => this.#watchChildren(), watchMs);
    // What goes wrong here is this job's end and nobody else's: the others are served on.
    const isOver = await this.#ask(job, idle).catch((error: Error) => {
      job.reject(error);
      return true;
    });
    if (isRisk) this.#riskTaken = false;
    this.#running.delete(job);
    if (!isOver) this.#lanes[job.standing()].putBack(job.task.key, job);
    if (job.standing() !== standing) this.#moveLine(job.task.key, standing);
    this.#serve();
  }

  /** Has the idle child, or a new one, do the job's next request. True when the job is over. */
  async #ask(job: SandboxJob, idle: SandboxProcess | undefined): Promise<boolean> {
    const child = idle ?? this.#spawn();
    let progressed = false;
    const end = await child.ask(job.nextRequest(), (results) => {
      progressed ||= results.length > 0;
      job.accept(results);
    });
    if (child.residentBytes > retireBytes) void child.close();
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
    if (this.#running.size > 0) return;
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
