'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { cancelAppointment, createAppointment, crmKeys, updateAppointment } from '@/lib/api/crm';
import type { Appointment, AppointmentInput } from '@/lib/domain/crm';
import { useEventToast } from './useEventToast';

/** What can be done with appointments. Their events are committed with the rows; here we say so. */
export function useAppointmentActions() {
  const client = useQueryClient();
  const { announce } = useEventToast();
  const onSettled = () => client.invalidateQueries({ queryKey: crmKeys.appointments });

  const create = useMutation({
    mutationFn: (input: AppointmentInput) => createAppointment(input),
    onSuccess: ({ deliveries }) => announce('appointment.created', deliveries),
    onSettled,
  });

  const update = useMutation({
    mutationFn: ({ id, input }: { id: string; input: AppointmentInput }) => updateAppointment(id, input),
    onSuccess: ({ deliveries, changed }) => {
      if (changed) announce('appointment.updated', deliveries);
    },
    onSettled,
  });

  const cancel = useMutation({
    mutationFn: ({ appointment, motif }: { appointment: Appointment; motif: string }) =>
      cancelAppointment(appointment.id, motif),
    onSuccess: ({ deliveries, changed }) => {
      if (changed) announce('appointment.cancelled', deliveries);
    },
    onSettled,
  });

  return { create, update, cancel };
}
