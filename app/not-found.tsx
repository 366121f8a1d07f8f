import { Compass } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/Button';

export default function NotFound() {
  const t = useTranslations('common.notFound');
  return (
    <main className="grid min-h-dvh place-items-center p-6">
      <div className="flex max-w-sm flex-col items-start gap-4">
        <Compass aria-hidden className="size-8 text-accent-ink" strokeWidth={1.75} />
        <div className="flex flex-col gap-1.5">
          <h1 className="text-2xl">{t('title')}</h1>
          <p className="text-base text-muted">{t('description')}</p>
        </div>
        <Button asChild variant="primary">
          <Link href="/webhooks">{t('action')}</Link>
        </Button>
      </div>
    </main>
  );
}
