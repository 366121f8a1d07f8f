/** The list in the layout reads the id from the path and opens the delivery over itself. */
export default function WebhookDeliveryPage() {
  return null;
}
