'use client';

import { ListTree } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { binaryBody } from '@/lib/domain/binaryBody';
import { Button } from '../../ui/Button';
import { CodeBlock } from '../../ui/CodeBlock';
import { lazily } from '../../ui/lazily';
import { prettyJson } from '../../ui/prettyJson';
import { Skeleton } from '../../ui/Skeleton';
import { BinaryView } from './BinaryView';

const fetchFoldable = () => import('./FoldableJson').then((file) => file.FoldableJson);
const FoldableJson = lazily(fetchFoldable, <Skeleton className="h-56" />);

/** Fewer lines are seen at a glance. */
const fewLines = 8;

type BodyViewProps = {
  label: string;
  text: string | null;
  /** What stands where there is no body. */
  empty: string;
  labelHidden?: boolean;
  /** The size that was announced for it, in bytes. */
  size?: number | undefined;
};

/** A body as it was sent: JSON that folds, text, or bytes. */
export function BodyView({ label, text, empty, labelHidden, size }: BodyViewProps) {
  const t = useTranslations('deliveries.json');
  const [folds, setFolds] = useState(false);
  const binary = text ? binaryBody(text) : null;
  const pretty = text && !binary ? prettyJson(text) : null;
  const canFold = pretty !== null && pretty.split('\n').length > fewLines;
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <div className="flex min-h-7 items-center justify-between gap-2">
        {labelHidden ? <span /> : <h4 className="font-medium text-muted text-xs">{label}</h4>}
        {canFold && (
          <Button
            variant="ghost"
            size="sm"
            aria-pressed={folds}
            onPointerEnter={() => void fetchFoldable().catch(() => undefined)}
            onClick={() => setFolds(!folds)}
          >
            <ListTree aria-hidden />
            {t('open')}
          </Button>
        )}
      </div>
      {!text && <p className="text-muted text-sm">{empty}</p>}
      {binary && <BinaryView body={binary} label={label} size={size} />}
      {text && !binary && folds && canFold && <FoldableJson text={pretty} label={label} />}
      {text && !binary && !(folds && canFold) && <CodeBlock code={text} language="json" label={label} />}
    </div>
  );
}
