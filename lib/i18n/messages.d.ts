import type { Locale } from './locales';
import type alerts from './messages/fr/alerts.json';
import type auth from './messages/fr/auth.json';
import type common from './messages/fr/common.json';
import type crm from './messages/fr/crm.json';
import type deliveries from './messages/fr/deliveries.json';
import type errors from './messages/fr/errors.json';
import type events from './messages/fr/events.json';
import type playground from './messages/fr/playground.json';
import type stats from './messages/fr/stats.json';
import type tokens from './messages/fr/tokens.json';
import type webhooks from './messages/fr/webhooks.json';

declare module 'next-intl' {
  interface AppConfig {
    Locale: Locale;
    Messages: {
      alerts: typeof alerts;
      auth: typeof auth;
      common: typeof common;
      crm: typeof crm;
      deliveries: typeof deliveries;
      errors: typeof errors;
      events: typeof events;
      playground: typeof playground;
      stats: typeof stats;
      tokens: typeof tokens;
      webhooks: typeof webhooks;
    };
  }
}
