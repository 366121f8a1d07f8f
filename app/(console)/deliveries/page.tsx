/** The list is in the layout. */
export default function DeliveriesPage() {
  return null;
}
