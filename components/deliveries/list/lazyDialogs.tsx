'use client';

import { cn } from '../../ui/cn';
import { lazily } from '../../ui/lazily';
import { paneWidth } from '../../ui/paneWidth';

/** Fetches the sheet's code ahead of its use, so that a click opens it at once. */
export const preloadDeliverySheet = () => import('../detail/DeliverySheet');

/** Its room beside the list is kept meanwhile, where it has one. */
const room = <div data-pane className={cn(paneWidth, 'max-xl:hidden')} />;
export const DeliverySheet = lazily(() => preloadDeliverySheet().then((file) => file.DeliverySheet), room);
export const BulkBar = lazily(() => import('./BulkBar').then((file) => file.BulkBar));
export const DeliveryStats = lazily(() => import('./DeliveryStats').then((file) => file.DeliveryStats));
