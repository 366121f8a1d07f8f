import type { Job } from '@/lib/domain/job';
import { runJobStep } from '@/lib/store/upkeepStore';
import { type Clock, monotonicClock, type Sleep, within } from './clock';
import { keepHost } from './keepHost';
import { report } from './report';

/** Least milliseconds between two steps, and when no job can go on: what is left of them is being sent. */
const pauses = { least: 50, noProgress: 1000 };
/** How many times as long as a step took the next one is waited for: what a replay makes due is sent meanwhile. */
const restFactor = 9;
/** Milliseconds after a step that failed, doubled each time; after `most` in a row the loop rests. */
const failing = { firstPause: 1000, most: 5, rest: 30_000 };
/** Milliseconds after the last one found none, or left it to another process, until a claim's hint is looked into. */
const quiet = 1000;

type JobsParts = { clock: Clock; runStep(): Promise<Job | null> };

/**
 * Works on background jobs, step by step, beside the sending: it rests nine times as long as each step took, so that
 * jobs of any length take no more than a tenth of what one connection can do.
 */
class Jobs {
  readonly #parts: JobsParts;
  #running: Promise<void> | null = null;
  #asked = false;
  #stopped = false;
  #quietUntil = Number.NEGATIVE_INFINITY;
  #sleep: Sleep | null = null;

  constructor(parts: JobsParts) {
    this.#parts = parts;
  }

  /** Works until there is no job left. Never rejects. */
  wake(): Promise<void> {
    this.#asked = true;
    this.#running ??= Promise.resolve().then(() => this.#loop());
    return this.#running;
  }

  /** As `wake`, for a hint that comes with every claim: not right after the last one led to nothing. */
  notice(): Promise<void> {
    if (this.#running || this.#parts.clock.now() < this.#quietUntil) return Promise.resolve();
    return this.wake();
  }

  /** Takes no further step. */
  stop(): void {
    this.#stopped = true;
    this.#sleep?.end();
  }

  async #loop(): Promise<void> {
    let failures = 0;
    const progress = new Map<string, number>();
    /** Jobs that could not go on since one last did: they take turns, so one that comes again has seen all others. */
    const standing = new Set<string>();
    while (!this.#stopped && failures < failing.most) {
      const began = this.#parts.clock.now();
      this.#asked = false;
      try {
        const job = await this.#parts.runStep();
        failures = 0;
        // Somebody who asked meanwhile may have made one.
        if (!job && !this.#asked) break;
        const stands = job && job.state === 'running' && progress.get(job.id) === job.done;
        if (job) progress.set(job.id, job.done);
        const tookMs = this.#parts.clock.now() - began;
        const noneGoesOn = stands && standing.has(job.id);
        if (!stands || noneGoesOn) standing.clear();
        else standing.add(job.id);
        await this.#pause(noneGoesOn ? pauses.noProgress : Math.max(pauses.least, restFactor * tookMs));
      } catch (error) {
        report('a step of a background job failed; it is tried again', error);
        failures += 1;
        if (failures < failing.most) await this.#pause(failing.firstPause * 2 ** (failures - 1));
      }
    }
    this.#quietUntil = this.#parts.clock.now() + (failures > 0 ? failing.rest : quiet);
    this.#running = null;
  }

  async #pause(ms: number): Promise<void> {
    if (this.#stopped) return;
    this.#sleep = this.#parts.clock.sleep(ms);
    await this.#sleep.over;
    this.#sleep = null;
  }
}

/** Makes the worker on background jobs, with the parts of this process where none are given. */
export const createJobs = (given: Partial<JobsParts> = {}) =>
  new Jobs({ clock: monotonicClock, runStep: runJobStep, ...given });

// Route handlers are bundled apart from each other: the process's one worker on jobs lives on globalThis.
const holder = globalThis as typeof globalThis & { devlinkWebhookJobs?: Jobs };
const jobs = () => (holder.devlinkWebhookJobs ??= createJobs());

/** Begins to work on background jobs at once: somebody has just asked for one. */
export function wakeJobs(): void {
  keepHost(jobs().wake());
}

/** A claim told that a job waits. */
export function noticeJobs(): void {
  keepHost(jobs().notice());
}

/** Works on background jobs while there are any; resolves then, or after `budgetMs`. */
export async function workOnJobsFor(budgetMs: number): Promise<void> {
  const work = jobs().wake();
  keepHost(work);
  await within(monotonicClock, budgetMs, work);
}

/** Takes no further step: for SIGTERM. */
export function stopJobs(): void {
  jobs().stop();
}
