import type { Trouble } from './situation.ts';

/** The parts of health's answer that name a trouble. */
type Health = {
  warnings?: string[];
  held?: { inactive: number; throttled: number } | null;
  drain?: {
    concurrency: number;
    last_exchange_ms: number | null;
    failed_exchanges: number;
    database: string | null;
  };
};

type Says = (health: Health, status: number) => boolean;

const naming =
  (says: Says): NonNullable<Trouble['named']> =>
  ({ status, body }) => {
    try {
      return says(JSON.parse(body) as Health, status);
    } catch {
      return false;
    }
  };

/** The database cannot be asked: 503, with a sentence. */
export const saysUnavailable = naming(({ warnings = [] }, status) => status === 503 && warnings.length > 0);
/** Exchanges with the database fail, or have had no answer for longer than any takes. */
export const saysExchangesFail = naming(
  ({ drain }) => (drain?.failed_exchanges ?? 0) > 0 || (drain?.last_exchange_ms ?? 0) > 1500,
);
export const saysHeld = (reason: 'inactive' | 'throttled') => naming(({ held }) => (held?.[reason] ?? 0) > 0);
/** Fewer requests at once than configured, and a sentence that says why. */
export const saysNarrowed = naming(({ warnings = [] }) => warnings.length > 0);
/** The database cannot be called directly. */
export const saysLineIsLost = naming(
  ({ drain, warnings = [] }) => drain?.database === 'lost' && warnings.length > 0,
);
