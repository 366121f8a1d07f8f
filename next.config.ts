import type { NextConfig } from 'next';
import createNextIntlPlugin from 'next-intl/plugin';

/** On every answer, of a page, a route or an asset. */
const constantHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-frame-options': 'DENY',
  // Browsers heed it over https only.
  'strict-transport-security': 'max-age=31536000',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};
/** What is no page runs nothing and is framed by nobody; pages have theirs from proxy.ts, with a nonce. */
const noPage = { 'content-security-policy': "default-src 'none'; frame-ancestors 'none'" };
const headerList = (headers: Record<string, string>) =>
  Object.entries(headers).map(([key, value]) => ({ key, value }));

const config: NextConfig = {
  // What .next/standalone holds is the product as the image has it (Dockerfile); `next start` runs beside it as ever.
  output: 'standalone',
  poweredByHeader: false,
  headers: async () => [
    { source: '/:path*', headers: headerList(constantHeaders) },
    { source: '/:kind(api|_next)/:path*', headers: headerList(noPage) },
  ],
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
    '/api/**': [
      './lib/sandbox/{child/,}*.ts',
      './node_modules/isolated-vm/{package.json,isolated-vm.js,prebuilds/**,build/Release/*.node}',
      './node_modules/{lru-cache,node-gyp-build}/**',
    ],
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
