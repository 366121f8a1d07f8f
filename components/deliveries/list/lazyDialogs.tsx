'use client';

import dynamic from 'next/dynamic';

/** Fetches the sheet's code ahead of its use, so that a click opens it at once. */
export const preloadDeliverySheet = () => import('../detail/DeliverySheet');

export const DeliverySheet = dynamic(() => preloadDeliverySheet().then((file) => file.DeliverySheet));
export const BulkBar = dynamic(() => import('./BulkBar').then((file) => file.BulkBar));
export const DeliveryStats = dynamic(() => import('./DeliveryStats').then((file) => file.DeliveryStats));
