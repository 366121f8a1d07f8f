import type { Delivery } from '@/lib/domain/delivery';

/** What a delivery is about, as far as it can be called: Chloé Lefèvre, or the id of her record. */
export const recordName = ({ record_label, record_id }: Delivery): string | null => record_label ?? record_id;
