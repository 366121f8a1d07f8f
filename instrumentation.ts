/** Runs once when the server starts: a wrong configuration stops it here, with a sentence that says what to do. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { env } = await import('@/lib/env');
  env();
  const { startTelemetry } = await import('@/lib/telemetry/startTelemetry');
  await startTelemetry();
  const { stopDrainOnShutdown } = await import('@/lib/engine/shutdown');
  stopDrainOnShutdown();
  const { openSandbox } = await import('@/lib/sandbox/transformSandbox');
  void openSandbox();
}
