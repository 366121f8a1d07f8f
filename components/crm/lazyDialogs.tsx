'use client';

import { onceOpened } from '../ui/onceOpened';

export const LeadDialog = onceOpened(() => import('./LeadDialog').then((file) => file.LeadDialog));
export const AppointmentDialog = onceOpened(() =>
  import('./AppointmentDialog').then((file) => file.AppointmentDialog),
);
export const UploadDialog = onceOpened(() => import('./UploadDialog').then((file) => file.UploadDialog));
