'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { leadOptionsQuery } from '@/lib/api/crm';
import { Select } from '../ui/Select';

const none = 'none';

type LeadSelectProps = {
  /** Id of the lead; null for none. */
  value: string | null;
  onValueChange: (value: string | null) => void;
  id?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: boolean;
};

/** One lead, or none. */
export function LeadSelect({ value, onValueChange, ...aria }: LeadSelectProps) {
  const t = useTranslations('crm');
  const { data: leads = [] } = useQuery(leadOptionsQuery);
  const options = [
    { value: none, label: t('noLead') },
    ...leads.map((lead) => ({
      value: lead.id,
      label: [lead.prenom, lead.nom].filter(Boolean).join(' '),
    })),
  ];
  return (
    <Select
      value={value ?? none}
      onValueChange={(chosen) => onValueChange(chosen === none ? null : chosen)}
      options={options}
      {...aria}
    />
  );
}
