/** As of the deliveries of all webhooks. */
export { default } from '../../../../../deliveries/[deliveryId]/page';
