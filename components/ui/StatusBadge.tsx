'use client';

import {
  CircleCheck,
  CircleMinus,
  CirclePause,
  CircleX,
  Clock,
  type LucideIcon,
  Power,
  RefreshCw,
  TriangleAlert,
} from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Badge, type Tone } from './Badge';

export type Status =
  | 'pending'
  | 'retrying'
  | 'success'
  | 'failed'
  | 'skipped'
  | 'active'
  | 'inactive'
  | 'degraded'
  | 'down'
  | 'disabled';

const looks: Record<Status, { tone: Tone; icon: LucideIcon }> = {
  pending: { tone: 'accent', icon: Clock },
  retrying: { tone: 'warning', icon: RefreshCw },
  success: { tone: 'success', icon: CircleCheck },
  failed: { tone: 'danger', icon: CircleX },
  skipped: { tone: 'neutral', icon: CircleMinus },
  active: { tone: 'success', icon: Power },
  inactive: { tone: 'neutral', icon: CirclePause },
  degraded: { tone: 'warning', icon: TriangleAlert },
  down: { tone: 'danger', icon: CircleX },
  disabled: { tone: 'danger', icon: CirclePause },
};

/** The status of a delivery or of a webhook: colour, sign and word together, never colour alone. */
export function StatusBadge({ status, label }: { status: Status; label?: string }) {
  const t = useTranslations('common.status');
  const { tone, icon: Icon } = looks[status];
  return (
    <Badge tone={tone}>
      <Icon aria-hidden strokeWidth={2.25} />
      {label ?? t(status)}
    </Badge>
  );
}
