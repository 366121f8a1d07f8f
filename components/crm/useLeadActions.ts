'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { createLead, crmKeys, deleteLead, updateLead } from '@/lib/api/crm';
import { changedFields } from '@/lib/domain/changedFields';
import type { Lead, LeadInput } from '@/lib/domain/crm';
import type { LeadStatus } from '@/lib/domain/leadStatus';
import { triggerWebhooks } from '@/lib/utils/webhookTrigger';
import { useEventToast } from './useEventToast';

/** What can be done with leads. The browser writes, then triggers the events, as any CRM page would. */
export function useLeadActions() {
  const client = useQueryClient();
  const { send } = useEventToast();
  const onSettled = () => client.invalidateQueries({ queryKey: crmKeys.leads });

  /** A new status is a change like any other, and has its own event besides. */
  const announceChanges = async (lead: Lead, changes: Partial<LeadInput>) => {
    const { id } = lead;
    const { statut } = changes;
    if (Object.keys(changes).length > 0) {
      await send('lead.updated', triggerWebhooks('lead.updated', { id, changes }));
    }
    if (!statut) return;
    const event = { id, ancien_statut: lead.statut, nouveau_statut: statut };
    await send('lead.status_changed', triggerWebhooks('lead.status_changed', event));
  };

  const create = useMutation({
    mutationFn: (input: LeadInput) => createLead(input),
    onSuccess: (lead) => void send('lead.created', triggerWebhooks('lead.created', lead)),
    onSettled,
  });

  const update = useMutation({
    mutationFn: async ({ lead, input }: { lead: Lead; input: LeadInput }) => {
      const changed = changedFields<LeadInput>(lead, input);
      if (Object.keys(changed).length > 0) await updateLead(lead.id, changed);
      return changed;
    },
    onSuccess: (changed, { lead }) => announceChanges(lead, changed),
    onSettled,
  });

  const changeStatus = useMutation({
    mutationFn: ({ lead, statut }: { lead: Lead; statut: LeadStatus }) => updateLead(lead.id, { statut }),
    onSuccess: (_, { lead, statut }) => void announceChanges(lead, { statut }),
    onSettled,
  });

  const remove = useMutation({
    mutationFn: (lead: Lead) => deleteLead(lead.id),
    onSuccess: (_, { id, nom, prenom, email }) =>
      void send('lead.deleted', triggerWebhooks('lead.deleted', { id, nom, prenom, email })),
    onSettled,
  });

  return { create, update, changeStatus, remove };
}
