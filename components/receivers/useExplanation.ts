'use client';

import { useTranslations } from 'next-intl';
import type { DeliveryErrorKind } from '@/lib/domain/delivery';
import { statusFamily } from '@/lib/domain/statusFamily';

/** The cause and the cure of an error in the person's language; answers of a receiver apart by family. */
export function useExplanation() {
  const kinds = useTranslations('errors.kinds');
  const families = useTranslations('deliveries.families');
  const tests = useTranslations('webhooks.outcome');
  /** @param isTest a test says less than a delivery of the same end: it switches nothing off */
  return (kind: DeliveryErrorKind, status: number | null, isTest: boolean) => {
    if (isTest && (kind === 'gone' || kind === 'throttled')) {
      return {
        title: kinds(`${kind}.title`),
        cause: tests(`${kind}Test.cause`),
        cure: tests(`${kind}Test.cure`),
      };
    }
    if (kind === 'status' && status !== null) {
      const family = statusFamily(status);
      return {
        title: families(`${family}.title`),
        cause: families(`${family}.cause`),
        cure: families(`${family}.cure`),
      };
    }
    return { title: kinds(`${kind}.title`), cause: kinds(`${kind}.cause`), cure: kinds(`${kind}.cure`) };
  };
}
