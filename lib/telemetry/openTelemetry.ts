import { context, DiagConsoleLogger, DiagLogLevel, diag, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { env } from '@/lib/env';

/*
 * The OpenTelemetry SDK. Loaded only when an endpoint is configured; the exporter reads OTEL_EXPORTER_OTLP_*
 * (endpoint, headers, timeout, compression, certificates) itself.
 */

/** Registers the SDK with @opentelemetry/api. Answers what sends the spans that wait, to be called at shutdown. */
export function registerTracing(): () => Promise<void> {
  diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);
  const processor = new BatchSpanProcessor({
    exporter: new OTLPTraceExporter(),
    scheduledDelayMillis: 1000,
    maxExportBatchSize: 1000,
    maxQueueSize: 20_000,
  });
  const provider = new TracerProvider({
    resource: resource(),
    sampler: sampler(),
    spanProcessors: [withoutQueries, processor],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return () => provider.shutdown();
}

function resource() {
  const named = resourceFromAttributes({ 'service.name': env().OTEL_SERVICE_NAME });
  return defaultResource()
    .merge(detectResources({ detectors: [envDetector] }))
    .merge(named);
}

function sampler(): Sampler {
  const name = env().OTEL_TRACES_SAMPLER;
  const root = rootSampler(name.replace('parentbased_', ''));
  return withoutFetches(name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root);
}

function rootSampler(name: string): Sampler {
  if (name === 'always_off') return new AlwaysOffSampler();
  if (name === 'traceidratio') return new TraceIdRatioBasedSampler(env().OTEL_TRACES_SAMPLER_ARG);
  return new AlwaysOnSampler();
}

/** Next names the whole target of a request: what people search for is not for traces. */
const withoutQueries: SpanProcessor = {
  onStart: (span) => {
    const target = span.attributes['http.target'];
    if (typeof target === 'string') span.setAttribute('http.target', target.replace(/\?.*/s, ''));
  },
  onEnd: () => {},
  forceFlush: async () => {},
  shutdown: async () => {},
};

/** Next makes a span of every `fetch`: for us each exchange with the database, day and night. */
function withoutFetches(inner: Sampler): Sampler {
  return {
    shouldSample: (context, traceId, name, kind, attributes, links) =>
      attributes['next.span_type'] === 'AppRender.fetch'
        ? { decision: SamplingDecision.NOT_RECORD }
        : inner.shouldSample(context, traceId, name, kind, attributes, links),
    toString: () => inner.toString(),
  };
}
