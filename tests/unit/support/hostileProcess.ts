import { type ChildProcess, spawn } from 'node:child_process';
import { encodeFrame, type Frame, FrameReader } from '@/lib/sandbox/frames';
import { permissionFlags } from '@/lib/sandbox/spawnChild';
import { freshUser, shutIn, wallWords } from '@/lib/sandbox/walls';

/** The walls that a hostile child gets: one, some, or none. */
export type Walls = { permissions?: boolean; user?: boolean; words?: boolean; descriptors?: boolean };

const frameBytes = 1024 * 1024;

/** Runs hostile code behind chosen walls, put up as for any child. */
export class HostileProcess {
  readonly #child: ChildProcess;
  readonly #reader = new FrameReader(frameBytes);
  #next: PromiseWithResolvers<Frame> | undefined;

  private constructor(walls: Walls) {
    const user = walls.user ? freshUser() : undefined;
    const [command = '', ...words] = [
      ...(walls.words ? wallWords() : []),
      process.execPath,
      '--disable-warning=SecurityWarning',
      ...(walls.permissions ? permissionFlags : []),
      `${import.meta.dirname}/hostileChild.ts`,
      ...(user === undefined ? [] : [String(user)]),
    ];
    this.#child = spawn(command, words, {
      env: {} as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      for (const frame of this.#reader.push(chunk)) this.#next?.resolve(frame);
    });
    this.#child.once('exit', (code, signal) => this.#next?.reject(new Error(`it ended: ${signal ?? code}`)));
  }

  static async behind(walls: Walls): Promise<HostileProcess> {
    const hostile = new HostileProcess(walls);
    await hostile.#frame();
    if (walls.descriptors) await shutIn(hostile.pid, false);
    await hostile.#ask(['enter']);
    return hostile;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** `reached: …` with what the source returned, or `refused: …` with why not. */
  async try(source: string): Promise<string> {
    const [, outcome = ''] = await this.#ask(['try', source]);
    return outcome;
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }

  #ask(frame: Frame): Promise<Frame> {
    const answer = this.#frame();
    this.#child.stdin?.write(encodeFrame(frame, frameBytes));
    return answer;
  }

  #frame(): Promise<Frame> {
    this.#next = Promise.withResolvers();
    return this.#next.promise;
  }
}
