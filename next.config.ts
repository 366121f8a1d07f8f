import type { NextConfig } from 'next';
import createNextIntlPlugin from 'next-intl/plugin';

const config: NextConfig = {
  poweredByHeader: false,
  serverExternalPackages: [
    'isolated-vm',
    'undici',
    'prom-client',
    '@opentelemetry/api',
    '@opentelemetry/context-async-hooks',
    '@opentelemetry/core',
    '@opentelemetry/exporter-trace-otlp-http',
    '@opentelemetry/resources',
    '@opentelemetry/sdk-trace',
  ],
  // The transform child runs as a file of its own, outside the bundle.
  outputFileTracingIncludes: {
    '/api/**': ['./lib/sandbox/*.ts', './node_modules/{isolated-vm,node-gyp-build}/**'],
  },
};

export default createNextIntlPlugin('./lib/i18n/request.ts')(config);
