'use client';

import { useTranslations } from 'next-intl';
import { type StatsRange, statsRangeNames } from '@/lib/domain/statsRange';
import { SegmentedControl } from '../ui/SegmentedControl';

type RangeControlProps = { value: StatsRange; onValueChange: (range: StatsRange) => void };

export function RangeControl({ value, onValueChange }: RangeControlProps) {
  const t = useTranslations('stats');
  return (
    <SegmentedControl
      aria-label={t('range')}
      value={value}
      onValueChange={onValueChange}
      options={statsRangeNames.map((name) => ({ value: name, label: t(`ranges.${name}`) }))}
    />
  );
}
