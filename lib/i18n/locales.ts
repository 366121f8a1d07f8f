/** The languages of the console, default first. */
export const locales = ['fr', 'en'] as const;
export type Locale = (typeof locales)[number];

/** Language of a person who has not chosen one. */
export const defaultLocale: Locale = 'fr';

/** Name of the cookie that remembers the chosen language. */
export const localeCookie = 'devlink_locale';

/** Name of the cookie with the person's time zone. */
export const timeZoneCookie = 'devlink_time_zone';

/** True when `value` names a language of the console. */
export function isLocale(value: unknown): value is Locale {
  return locales.includes(value as Locale);
}
