'use client';

import { ArrowUp } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Button } from '../../ui/Button';

/** Floats over the list while new rows wait above what is being read. */
export function NewRowsButton({ count }: { count: number }) {
  const t = useTranslations('deliveries');
  if (count === 0) return null;
  return (
    <div className="-translate-x-1/2 fixed top-16 left-1/2 z-30 md:top-6">
      <Button
        variant="primary"
        size="sm"
        className="animate-pop-in rounded-full shadow-lg"
        onClick={() => window.scrollTo({ top: 0, behavior: 'smooth' })}
      >
        <ArrowUp aria-hidden />
        <span aria-live="polite">{t('newRows', { count })}</span>
      </Button>
    </div>
  );
}
