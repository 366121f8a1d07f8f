'use client';

import { lazily } from '../../ui/lazily';

/** Fetches the sheet's code ahead of its use, so that a click opens it at once. */
export const preloadDeliverySheet = () => import('../detail/DeliverySheet');

export const DeliverySheet = lazily(() => preloadDeliverySheet().then((file) => file.DeliverySheet));
export const BulkBar = lazily(() => import('./BulkBar').then((file) => file.BulkBar));
export const DeliveryStats = lazily(() => import('./DeliveryStats').then((file) => file.DeliveryStats));
