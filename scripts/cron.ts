import { startCronTicker } from './stack/app/cronTicker.ts';

// `CRON_SECRET=… node scripts/cron.ts http://app:3000`: the cron of an installation that has none, such as that of compose.yaml.
const [url] = process.argv.slice(2);
const cronSecret = process.env.CRON_SECRET;
if (!url || !cronSecret) {
  console.error('Usage: CRON_SECRET=… node scripts/cron.ts http://app:3000');
  process.exit(1);
}
startCronTicker({ url, cronSecret, requireOwnAnswer: async () => {}, onError: console.error });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0));
