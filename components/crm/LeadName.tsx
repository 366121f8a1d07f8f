'use client';

import { useQuery } from '@tanstack/react-query';
import { leadOptionsQuery } from '@/lib/api/crm';

/** The name of a lead by its id. */
export function LeadName({ id }: { id: string | null }) {
  const { data: leads } = useQuery({ ...leadOptionsQuery, enabled: id !== null });
  const lead = leads?.find((candidate) => candidate.id === id);
  const name = lead ? [lead.prenom, lead.nom].filter(Boolean).join(' ') : '–';
  return <span className="wrap-anywhere text-muted">{name}</span>;
}
