'use client';

import { Crash, type CrashProps } from '@/components/shell/Crash';

/** Where there is no shell, or the shell itself cannot be drawn. */
export default function ErrorPage(props: CrashProps) {
  return (
    <main className="grid min-h-dvh place-items-center p-6">
      <Crash {...props} />
    </main>
  );
}
