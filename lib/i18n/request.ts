import { cookies } from 'next/headers';
import { getRequestConfig } from 'next-intl/server';
import { defaultLocale, isLocale, type Locale, localeCookie } from './locales';
import { knownTimeZone } from './timeZone';

async function loadMessages(locale: Locale) {
  const [common, auth, webhooks, deliveries, events, playground, stats, crm, tokens, alerts, errors] =
    await Promise.all([
      import(`./messages/${locale}/common.json`),
      import(`./messages/${locale}/auth.json`),
      import(`./messages/${locale}/webhooks.json`),
      import(`./messages/${locale}/deliveries.json`),
      import(`./messages/${locale}/events.json`),
      import(`./messages/${locale}/playground.json`),
      import(`./messages/${locale}/stats.json`),
      import(`./messages/${locale}/crm.json`),
      import(`./messages/${locale}/tokens.json`),
      import(`./messages/${locale}/alerts.json`),
      import(`./messages/${locale}/errors.json`),
    ]);
  return {
    common: common.default,
    auth: auth.default,
    webhooks: webhooks.default,
    deliveries: deliveries.default,
    events: events.default,
    playground: playground.default,
    stats: stats.default,
    crm: crm.default,
    tokens: tokens.default,
    alerts: alerts.default,
    errors: errors.default,
  };
}

/** The language of a request (its cookie, else French) and every message in it, one namespace per area. */
export default getRequestConfig(async () => {
  const chosen = (await cookies()).get(localeCookie)?.value;
  const locale = isLocale(chosen) ? chosen : defaultLocale;
  // `now`: what the server draws with a clock, the browser takes up with the same one.
  return {
    locale,
    messages: await loadMessages(locale),
    timeZone: (await knownTimeZone()) ?? 'Europe/Paris',
    now: new Date(),
  };
});
