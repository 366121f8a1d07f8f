import { TransformEditorPage } from '@/components/webhooks/detail/TransformEditorPage';

export default async function TransformationPage({ params }: { params: Promise<{ webhookId: string }> }) {
  return <TransformEditorPage webhookId={(await params).webhookId} />;
}
