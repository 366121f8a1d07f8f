import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/*
 * Preloaded into the app by a test: writes down which modules of prom-client and of the OpenTelemetry SDK it loads.
 */
const watched = /node_modules\/(prom-client|@opentelemetry\/(sdk|exporter|otlp|resources|context))/;
registerHooks({
  load: (url, context, next) => {
    if (watched.test(url)) appendFileSync(process.env.LOADED_TELEMETRY_FILE, `${url}\n`);
    return next(url, context);
  },
});
