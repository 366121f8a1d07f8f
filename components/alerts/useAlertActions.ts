'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { alertListQuery, createAlert, deleteAlert, testAlert, updateAlert } from '@/lib/api/alerts';

/** What can be done with alerts; the list is asked for again after each. */
export function useAlertActions() {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: alertListQuery.queryKey });
  return {
    create: useMutation({ mutationFn: createAlert, onSettled }),
    update: useMutation({ mutationFn: updateAlert, onSettled }),
    remove: useMutation({ mutationFn: deleteAlert, onSettled }),
    test: useMutation({ mutationFn: testAlert, onSettled }),
  };
}
