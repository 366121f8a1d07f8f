import { z } from 'zod';
import type { UrlPolicy } from './domain/targetUrl';

const flag = (byDefault: 'true' | 'false') =>
  z
    .enum(['true', 'false'], 'must be "true" or "false"')
    .default(byDefault)
    .transform((value) => value === 'true');

const networks = z
  .string()
  .default('')
  .transform((list) => list.split(',').map((network) => network.trim()))
  .transform((list) => list.filter((network) => network !== ''))
  .pipe(
    z.array(z.union([z.cidrv4(), z.cidrv6()], 'must be networks such as 10.0.0.0/8, separated by commas')),
  );

/** From the least to the most; `silent` writes nothing. */
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const environmentSchema = z.object({
  SUPABASE_URL: z.url('must be the address of a Supabase project'),
  SUPABASE_PUBLISHABLE_KEY: z.string('is missing').min(1, 'is missing'),
  SUPABASE_SECRET_KEY: z.string('is missing').min(1, 'is missing'),
  /** Of projects that sign sessions with a secret shared by all (HS256): with it they are checked here. */
  SUPABASE_JWT_SECRET: z.string().min(16, 'must have at least 16 characters').optional(),
  /** Of Postgres itself, or of a pooler in session mode: the dispatcher calls it, and is told of deliveries. */
  WEBHOOKS_DATABASE_URL: z
    .url({
      protocol: /^postgres(ql)?$/,
      error: 'must be an address such as postgres://user:password@host:5432/postgres',
    })
    .optional(),
  CRON_SECRET: z.string('is missing').min(16, 'must have at least 16 characters'),
  WEBHOOKS_ALLOW_HTTP: flag('false'),
  WEBHOOKS_ALLOW_NETWORKS: networks,
  WEBHOOKS_DENY_NETWORKS: networks,
  WEBHOOKS_CONCURRENCY: z.coerce.number().int().min(1).max(4096).default(2048),
  WEBHOOKS_SENDS_MAIL: flag('true'),
  /** Where alerts by e-mail go out: smtps://user:password@host, or smtp://…, which must offer STARTTLS or say ?ignoreTLS=true. */
  SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'must be an address such as smtps://user:password@smtp.example.com' })
    .optional(),
  SMTP_FROM: z.string().max(320).optional(),
  /** Where people reach the console: alerts link into it. */
  WEBHOOKS_CONSOLE_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://webhooks.example.com' })
    .optional(),
  WEBHOOKS_TRIGGERS_PER_MINUTE: z.coerce.number().int().min(1).max(10_000_000).default(6000),
  WEBHOOKS_WORKER: z
    .string()
    .regex(/^[\w.:-]{1,64}$/, 'must be 1 to 64 letters, digits, or . : - _')
    .optional(),
  WEBHOOKS_RETENTION_DAYS: z.coerce.number().int().min(1).max(3650).default(30),
  WEBHOOKS_LOG_ATTEMPTS: flag('true'),
  WEBHOOKS_LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
  WEBHOOKS_SHUTDOWN_SECONDS: z.coerce.number().int().min(1).max(600).default(15),
  /** Given by the launcher of the local stack, which asks whether it is this process that answers. */
  DEVLINK_LAUNCH_NONCE: z.string().max(100).optional(),
  METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  // OpenTelemetry's own names: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
  OTEL_SDK_DISABLED: flag('false'),
  OTEL_SERVICE_NAME: z.string().default('devlink-webhooks'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url('must be an address such as http://localhost:4318').optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z
    .url('must be an address such as http://localhost:4318/v1/traces')
    .optional(),
  OTEL_TRACES_SAMPLER: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number('must be a number from 0 to 1').min(0).max(1).default(1),
});

/** What an operator may set. The launcher tells this process the rest by itself. */
export const settings = environmentSchema.omit({ DEVLINK_LAUNCH_NONCE: true }).keyof().options;

type Environment = z.output<typeof environmentSchema>;
let environment: Environment | undefined;

/**
 * The configuration, read from `process.env` at run time (never frozen into the build) and checked once.
 * @throws an Error that names every variable that is missing or wrong
 */
export function env(): Environment {
  if (environment) return environment;
  // An empty variable is one that was not set.
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  const result = environmentSchema.safeParse(given);
  if (!result.success) {
    const faults = result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new Error(`Configuration: ${faults.join('; ')}. See the table in README.md.`);
  }
  environment = result.data;
  return environment;
}

/** The least level that is logged: known before the rest of the configuration, which may be wrong and must be told of. */
export function logLevel(): (typeof logLevels)[number] {
  return environmentSchema.shape.WEBHOOKS_LOG_LEVEL.catch('info').parse(
    process.env.WEBHOOKS_LOG_LEVEL || undefined,
  );
}

let policy: UrlPolicy | undefined;

/** Which receivers this installation may call; always the same object. */
export function urlPolicy(): UrlPolicy {
  policy ??= {
    allowHttp: env().WEBHOOKS_ALLOW_HTTP,
    allowNetworks: env().WEBHOOKS_ALLOW_NETWORKS,
    denyNetworks: env().WEBHOOKS_DENY_NETWORKS,
  };
  return policy;
}
