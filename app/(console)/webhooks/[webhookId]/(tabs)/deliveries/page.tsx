/** The list is in the layout. */
export default function WebhookDeliveriesPage() {
  return null;
}
