import { readFileSync } from 'node:fs';

/*
 * Preloaded into an app process by a chaos run, through NODE_OPTIONS: its wall clock is what the system says plus the
 * milliseconds in a file, read again twenty times a second. Timers and performance.now() go on evenly, as they do when
 * an administrator or NTP steps a machine's clock.
 */

const file = process.env.DEVLINK_CHAOS_CLOCK;

function shiftClock(offsetFile: string): void {
  const RealDate = Date;
  let offset = 0;
  const read = () => {
    try {
      offset = Number(readFileSync(offsetFile, 'utf8')) || 0;
    } catch {
      // Not a step yet.
    }
  };
  read();
  setInterval(read, 50).unref();
  globalThis.Date = new Proxy(RealDate, {
    // Date() as a function tells the time as a text; new Date() without arguments is now.
    apply: () => new RealDate(RealDate.now() + offset).toString(),
    construct: (_, args: [], target) =>
      Reflect.construct(RealDate, args.length === 0 ? [RealDate.now() + offset] : args, target),
    get: (date, name) => (name === 'now' ? () => RealDate.now() + offset : Reflect.get(date, name)),
  });
}

if (file) shiftClock(file);
