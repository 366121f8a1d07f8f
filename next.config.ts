import type { NextConfig } from 'next';
import createNextIntlPlugin from 'next-intl/plugin';

const config: NextConfig = {
  poweredByHeader: false,
  serverExternalPackages: [
    'isolated-vm',
    'undici',
    'pino',
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
    '/api/**': ['./lib/sandbox/{child/,}*.ts', './node_modules/{isolated-vm,lru-cache,node-gyp-build}/**'],
  },
};

const withMessages = createNextIntlPlugin({
  requestConfig: './lib/i18n/request.ts',
  experimental: {
    messages: {
      path: ['./lib/i18n/messages/fr', './lib/i18n/messages/en'],
      format: 'json',
      locales: ['fr', 'en'],
      precompile: true,
    },
  },
});
export default withMessages(config);
