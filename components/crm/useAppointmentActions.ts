'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { cancelAppointment, createAppointment, crmKeys, updateAppointment } from '@/lib/api/crm';
import type { Appointment, AppointmentInput } from '@/lib/domain/crm';
import { useEventToast } from './useEventToast';

/** What can be done with appointments. The route handlers trigger the events; here we say so. */
export function useAppointmentActions() {
  const client = useQueryClient();
  const { announce } = useEventToast();
  const onSettled = () => client.invalidateQueries({ queryKey: crmKeys.appointments });

  const create = useMutation({
    mutationFn: (input: AppointmentInput) => createAppointment(input),
    onSuccess: ({ deliveries }) => announce('appointment.created', deliveries ?? 0),
    onSettled,
  });

  const update = useMutation({
    mutationFn: ({ id, input }: { id: string; input: AppointmentInput }) => updateAppointment(id, input),
    onSuccess: ({ deliveries }) => {
      if (deliveries !== null) announce('appointment.updated', deliveries);
    },
    onSettled,
  });

  const cancel = useMutation({
    mutationFn: ({ appointment, motif }: { appointment: Appointment; motif: string }) =>
      cancelAppointment(appointment.id, motif),
    onSuccess: ({ deliveries }) => {
      if (deliveries !== null) announce('appointment.cancelled', deliveries);
    },
    onSettled,
  });

  return { create, update, cancel };
}
