import {
  type Attributes,
  context,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

/*
 * The spans. While no SDK is registered (startTracing), every call below is the no-op of @opentelemetry/api.
 */

const tracer = () => trace.getTracer('devlink-webhooks');

/** Runs `work` outside any trace: for loops that outlive the request which happened to start them. */
export const outsideTrace = <T>(work: () => T): T => context.with(ROOT_CONTEXT, work);

/**
 * Runs a trigger as the span `trigger`.
 * @param work gets the span's `traceparent` (W3C Trace Context) to be stored with the event; undefined without tracing
 */
export function traceTrigger<T>(
  eventType: string,
  work: (traceparent: string | undefined) => Promise<T>,
): Promise<T> {
  const options = { kind: SpanKind.PRODUCER, attributes: { 'webhook.event_type': eventType } };
  return tracer().startActiveSpan('trigger', options, async (span) => {
    try {
      return await work(formatTraceparent(span.spanContext()));
    } catch (error) {
      const { code, name } = error as Error & { code?: string };
      span.setAttribute('error.type', code ?? name);
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** One attempt that has ended. Times are milliseconds. */
export type AttemptSpan = {
  /** Of the event; the attempt joins that trace. */
  traceparent: string | null | undefined;
  startedAt: Date;
  durationMs: number;
  /** Null when nothing was sent. */
  url: URL | null;
  httpStatus: number | null;
  errorKind: string | null;
  /** Further attributes; undefined ones are left out. */
  attributes: Attributes;
};

/**
 * Records an attempt as the span `attempt`, a child of the trigger's, in whatever process that ran. The URL's path
 * and query are left out: they carry tokens.
 */
export function traceAttempt(attempt: AttemptSpan): void {
  const { traceparent, startedAt, durationMs, url, httpStatus, errorKind } = attempt;
  const parent = parseTraceparent(traceparent);
  const span = tracer().startSpan(
    'attempt',
    {
      kind: url ? SpanKind.CLIENT : SpanKind.INTERNAL,
      startTime: startedAt,
      attributes: { ...attempt.attributes, ...(url && requestAttributes(url)) },
    },
    parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT,
  );
  if (httpStatus !== null) span.setAttribute('http.response.status_code', httpStatus);
  if (errorKind !== null) {
    span.setAttribute('error.type', errorKind);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end(new Date(startedAt.getTime() + durationMs));
}

const requestAttributes = (url: URL): Attributes => ({
  'http.request.method': 'POST',
  'server.address': url.hostname,
  'server.port': Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
});

function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string | undefined {
  if (!trace.isSpanContextValid({ traceId, spanId, traceFlags })) return undefined;
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

const traceparentPattern = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/;

function parseTraceparent(text: string | null | undefined): SpanContext | null {
  const [, traceId, spanId, flags] = text?.match(traceparentPattern) ?? [];
  if (!traceId || !spanId || !flags) return null;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}

/** The trace id of a `traceparent`; undefined without one. */
export const traceIdOf = (traceparent: string | null | undefined): string | undefined =>
  parseTraceparent(traceparent)?.traceId;
