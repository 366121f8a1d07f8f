import path from 'node:path';

// Preloaded into the app: its standard input is a pipe from the launcher, which the system closes when the launcher
// dies, however it dies. The app then ends as it would on SIGTERM. The compilers that `next dev` starts inherit the
// preload, but their input is another one: they are left alone.
if (path.basename(process.argv[1] ?? '') === 'next') {
  process.stdin.once('end', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(1), 15_000).unref();
  });
  process.stdin.once('error', () => {});
  // What it prints was read by the launcher: nobody left to read it must not end what is under way.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
  process.stdin.resume();
  (process.stdin as NodeJS.ReadStream & { unref?(): void }).unref?.();
}
