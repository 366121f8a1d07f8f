import { Reconciliation } from '@/components/webhooks/reconciliation/Reconciliation';

/** It reads much, and may take seconds: the browser asks for it, and says that it does. */
export default async function ReconciliationPage({ params }: { params: Promise<{ webhookId: string }> }) {
  return <Reconciliation webhookId={(await params).webhookId} />;
}
