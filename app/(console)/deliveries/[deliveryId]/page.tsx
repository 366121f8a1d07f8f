import { FirstData } from '../../FirstData';
import { fillDelivery } from '../deliveryData';

/** The list in the layout reads the id from the path and opens the delivery over itself. */
export default async function DeliveryPage({ params }: { params: Promise<{ deliveryId: string }> }) {
  const { deliveryId } = await params;
  return (
    <FirstData opensTo="admin" refused={() => null} fill={(client) => fillDelivery(client, deliveryId)} />
  );
}
