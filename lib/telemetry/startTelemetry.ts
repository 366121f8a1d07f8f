import { env } from '@/lib/env';
import { startMetrics } from './metrics';

const holder = globalThis as typeof globalThis & { devlinkWebhookTracing?: () => Promise<void> };

/** Loads and starts what is configured: metrics with METRICS_TOKEN, traces with an OTLP endpoint; else nothing. */
export async function startTelemetry(): Promise<void> {
  const { METRICS_TOKEN, OTEL_SDK_DISABLED, ...rest } = env();
  const endpoint = rest.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? rest.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (METRICS_TOKEN) await startMetrics();
  if (!endpoint || OTEL_SDK_DISABLED || holder.devlinkWebhookTracing) return;
  const { registerTracing } = await import('./openTelemetry');
  holder.devlinkWebhookTracing = registerTracing();
}

/** Sends the spans that still wait. For shutdown. */
export async function stopTelemetry(): Promise<void> {
  await holder.devlinkWebhookTracing?.();
}
