'use client';

import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Banner } from '../ui/Banner';
import { Button } from '../ui/Button';
import { RelativeTime } from '../ui/RelativeTime';
import type { Draft } from './drafts';

type DraftOfferProps = {
  offer: Draft | null;
  /** What the form edits is another one since. */
  changedSince: boolean;
  onTake: () => void;
  onRefuse: () => void;
  className?: string;
  /** What is not in it. */
  children?: ReactNode;
};

/** Offers what was typed here before and not saved: when it was written, and whether it still fits. */
export function DraftOffer({ offer, changedSince, onTake, onRefuse, className, children }: DraftOfferProps) {
  const t = useTranslations('common.draft');
  if (!offer) return null;
  return (
    <Banner
      className={className}
      title={t.rich('title', { when: () => <RelativeTime at={offer.at} /> })}
      actions={
        <>
          <Button size="sm" onClick={onTake}>
            {t('take')}
          </Button>
          <Button size="sm" variant="ghost" onClick={onRefuse}>
            {t('refuse')}
          </Button>
        </>
      }
    >
      {changedSince && <p>{t('changedSince')}</p>}
      {children && <p>{children}</p>}
    </Banner>
  );
}
