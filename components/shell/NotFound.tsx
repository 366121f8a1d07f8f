import { Compass } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/Button';
import { Link } from '@/components/ui/Link';

/** There is no such page: what may have happened, and the way on. */
export function NotFound() {
  const t = useTranslations('common.notFound');
  return (
    <div className="flex max-w-sm flex-col items-start gap-4 py-10">
      <Compass aria-hidden className="size-8 text-accent-ink" strokeWidth={1.75} />
      <div className="flex flex-col gap-1.5">
        <h1 className="text-2xl">{t('title')}</h1>
        <p className="text-base text-muted">{t('description')}</p>
      </div>
      <Button asChild variant="primary">
        <Link href="/webhooks">{t('action')}</Link>
      </Button>
    </div>
  );
}
