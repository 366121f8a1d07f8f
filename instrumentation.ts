/** Runs once when the server starts: a wrong configuration, or a database of another version, stops it here and says what to do. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { env } = await import('@/lib/env');
  env();
  const { startTelemetry } = await import('@/lib/telemetry/startTelemetry');
  await startTelemetry();
  const { stopDrainOnShutdown } = await import('@/lib/engine/shutdown');
  stopDrainOnShutdown();
  const { databaseSchemaFault } = await import('@/lib/store/schemaCheck');
  const fault = await databaseSchemaFault();
  if (fault) throw new Error(fault);
  const { listenToDatabase } = await import('@/lib/engine/bell');
  const { wakeDrain } = await import('@/lib/engine/processDrain');
  listenToDatabase(wakeDrain);
  const { openSandbox } = await import('@/lib/sandbox/transformSandbox');
  void openSandbox();
}
