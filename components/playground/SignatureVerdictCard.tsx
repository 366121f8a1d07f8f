import { useTranslations } from 'next-intl';
import type { SignatureVerdict } from '@/lib/domain/playground';
import { cn } from '../ui/cn';
import { verdictLooks } from './VerdictMark';

const frames: Record<SignatureVerdict, string> = {
  valid: 'border-success/30 bg-success-soft',
  invalid: 'border-danger/30 bg-danger-soft',
  absent: 'bg-sunken',
  unknown: 'border-warning/40 bg-warning-soft',
};

type SignatureVerdictCardProps = { scheme: 'standard' | 'seed'; verdict: SignatureVerdict };

/** What came of checking one signature, and what that means. */
export function SignatureVerdictCard({ scheme, verdict }: SignatureVerdictCardProps) {
  const t = useTranslations('playground');
  const { icon: Icon, className } = verdictLooks[verdict];
  return (
    <div className={cn('flex gap-3 rounded-lg border p-3.5', frames[verdict])}>
      <Icon aria-hidden className={cn('mt-0.5 size-4.5 shrink-0', className)} />
      <div className="flex min-w-0 flex-col gap-0.5">
        <p className="wrap-anywhere font-semibold text-sm">
          {t(`scheme.${scheme}`)} <span className={className}>· {t(`verdict.${verdict}`)}</span>
        </p>
        <p className="text-xs">{t(`meaning.${scheme}.${verdict}`)}</p>
      </div>
    </div>
  );
}
