import type { DeliveryStatus } from './delivery';

/** Nothing more becomes of it by itself. A file of its own: pages use it, and have no use for the schemas. */
export const isFinal = (status: DeliveryStatus) => status !== 'pending' && status !== 'retrying';
