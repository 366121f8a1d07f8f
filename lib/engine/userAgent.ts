import packageJson from '@/package.json' with { type: 'json' };

/** The `User-Agent` of every request to a receiver. */
export const userAgent = `DevLink-Webhooks/${packageJson.version}`;
