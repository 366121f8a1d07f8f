'use client';

import dynamic from 'next/dynamic';
import { onceOpened } from '../ui/onceOpened';

export const LeadDialog = onceOpened(dynamic(() => import('./LeadDialog').then((file) => file.LeadDialog)));
export const AppointmentDialog = onceOpened(
  dynamic(() => import('./AppointmentDialog').then((file) => file.AppointmentDialog)),
);
export const UploadDialog = onceOpened(
  dynamic(() => import('./UploadDialog').then((file) => file.UploadDialog)),
);
