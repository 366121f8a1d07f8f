import { type APIRequestContext, expect, type Page } from '@playwright/test';

/** A webhook and a delivery of it, so that every page has something to show. */
export async function sampleData(
  api: APIRequestContext,
  url: string,
): Promise<{ webhookId: string; deliveryId: string }> {
  const data = { name: 'Comptabilité', url, events: ['lead.created'] };
  const webhook = await (await api.post('/api/webhooks', { data })).json();
  await api.post('/api/webhooks/trigger', { data: { event_type: 'lead.created', payload: { id: '1' } } });
  const delivery = await (await api.post(`/api/webhooks/${webhook.id}/test`, { data: {} })).json();
  return { webhookId: webhook.id, deliveryId: delivery.id };
}

/** The path of every page behind the sign-in, an unknown one included. */
export function allPages({ webhookId, deliveryId }: { webhookId: string; deliveryId: string }): string[] {
  const tabs = ['', '/deliveries', `/deliveries/${deliveryId}`, '/transformation', '/settings', '/ready'];
  return [
    ...['/webhooks', '/webhooks/new', '/events', '/playground', '/alerts', '/tokens'],
    ...['/deliveries', '/deliveries?charts=7d', `/deliveries/${deliveryId}`],
    ...tabs.map((tab) => `/webhooks/${webhookId}${tab}`),
    ...['/leads', '/appointments', '/files', '/nulle-part'],
  ];
}

/** Resolves once the page shows its content and nothing in its place. */
export async function isShown(page: Page): Promise<void> {
  // An open sheet hides the page's own heading from everybody.
  const sheet = /\/deliveries\/./.test(new URL(page.url()).pathname);
  await expect((sheet ? page.getByRole('dialog') : page).getByRole('heading').first()).toBeVisible();
  await expect(page.locator('[data-skeleton]')).toHaveCount(0);
}
