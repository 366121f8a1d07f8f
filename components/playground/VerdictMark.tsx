import { CircleHelp, CircleMinus, ShieldCheck, ShieldX } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { SignatureVerdict } from '@/lib/domain/playground';
import { cn } from '../ui/cn';

export const verdictLooks = {
  valid: { icon: ShieldCheck, className: 'text-success-ink' },
  invalid: { icon: ShieldX, className: 'text-danger-ink' },
  absent: { icon: CircleMinus, className: 'text-muted' },
  unknown: { icon: CircleHelp, className: 'text-warning-ink' },
} as const;

/** One signature's verdict in a word: colour, sign and word together. */
export function VerdictMark({ label, verdict }: { label: string; verdict: SignatureVerdict }) {
  const t = useTranslations('playground.verdict');
  const { icon: Icon, className } = verdictLooks[verdict];
  return (
    <span className={cn('inline-flex items-center gap-1', className)}>
      <Icon aria-hidden className="size-3.5" />
      {label}
      <span className="sr-only"> : {t(verdict)}</span>
    </span>
  );
}
