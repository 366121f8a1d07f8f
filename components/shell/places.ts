import { BellRing, CalendarDays, FlaskConical, FolderOpen, Send, Users, Webhook, Zap } from 'lucide-react';

/** Places for administrators. */
export const mainLinks = [
  { href: '/webhooks', name: 'webhooks', icon: Webhook },
  { href: '/deliveries', name: 'deliveries', icon: Send },
  { href: '/events', name: 'events', icon: Zap },
  { href: '/alerts', name: 'alerts', icon: BellRing },
  { href: '/playground', name: 'playground', icon: FlaskConical },
] as const;

/** Places for everybody. */
export const crmLinks = [
  { href: '/leads', name: 'leads', icon: Users },
  { href: '/appointments', name: 'appointments', icon: CalendarDays },
  { href: '/files', name: 'files', icon: FolderOpen },
] as const;
