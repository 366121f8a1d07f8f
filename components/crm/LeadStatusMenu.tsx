'use client';

import { ChevronDown } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { toast } from 'sonner';
import type { Lead } from '@/lib/domain/crm';
import { type LeadStatus, leadStatuses } from '@/lib/domain/leadStatus';
import { useProblemText } from '../shell/useProblemText';
import { Badge, type Tone } from '../ui/Badge';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuTrigger,
} from '../ui/DropdownMenu';
import { useLeadActions } from './useLeadActions';

const tones: Record<LeadStatus, Tone> = {
  nouveau: 'accent',
  contacte: 'neutral',
  qualifie: 'warning',
  gagne: 'success',
  perdu: 'danger',
};

/** A lead's status; choosing another one saves it at once, and goes back when the server says no. */
export function LeadStatusMenu({ lead }: { lead: Lead }) {
  const t = useTranslations('crm.leads');
  const problemText = useProblemText();
  const { changeStatus } = useLeadActions();
  const shown = changeStatus.isPending ? changeStatus.variables.statut : lead.statut;
  const choose = (value: string) => {
    const statut = value as LeadStatus;
    if (statut === lead.statut) return;
    changeStatus.mutate({ lead, statut }, { onError: (error) => toast.error(problemText(error)) });
  };
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        className="rounded-sm max-md:py-1.5"
        aria-label={t('changeStatus', { name: lead.nom, status: t(`status.${shown}`) })}
      >
        <Badge tone={tones[shown]}>
          {t(`status.${shown}`)}
          <ChevronDown aria-hidden className="size-3!" />
        </Badge>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start">
        <DropdownMenuRadioGroup value={shown} onValueChange={choose}>
          {leadStatuses.map((status) => (
            <DropdownMenuRadioItem key={status} value={status}>
              {t(`status.${status}`)}
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
