import AxeBuilder from '@axe-core/playwright';
import { expect } from '@playwright/test';
import { test } from '../support/e2e.ts';
import { signIn } from '../support/session.ts';

/*
 * Zero axe violations on every page, in both themes, wide and narrow.
 */

const widths = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [name, viewport] of Object.entries(widths)) {
    test(`no page has an accessibility fault, ${colorScheme}, ${name}`, async ({
      browser,
      local,
      receiver,
    }) => {
      test.setTimeout(240_000);
      const context = await browser.newContext({
        baseURL: local.url,
        locale: 'fr-FR',
        colorScheme,
        viewport,
      });
      const page = await context.newPage();
      const faultsOf = async (path: string) => {
        await page.goto(path);
        // An open sheet hides the page's own heading from everybody.
        const shown = path.startsWith('/deliveries/') ? page.getByRole('dialog') : page;
        await expect(shown.getByRole('heading').first()).toBeVisible();
        await page.waitForLoadState('networkidle', { timeout: 3000 }).catch(() => undefined); // live pages never fall silent
        const { violations } = await new AxeBuilder({ page }).analyze();
        return violations.map(({ id, nodes }) => `${path}: ${id} ${nodes[0]?.html.slice(0, 160)}`);
      };
      const faults = await faultsOf('/login');
      await signIn(page.request, local.admin);
      const data = { name: 'Accès', url: `${receiver.url}/a11y`, events: ['lead.created'] };
      const { id } = await (await page.request.post('/api/webhooks', { data })).json();
      const event = { event_type: 'lead.created', payload: { id: '1' } };
      await page.request.post('/api/webhooks/trigger', { data: event });
      const delivery = await (await page.request.post(`/api/webhooks/${id}/test`, { data: {} })).json();
      const webhook = ['', '/deliveries', '/transformation', '/settings', '/ready'].map(
        (tab) => `/webhooks/${id}${tab}`,
      );
      const lists = [
        '/webhooks',
        '/webhooks/new',
        '/deliveries',
        '/deliveries?charts=7d',
        '/events',
        '/playground',
        '/leads',
        '/appointments',
        '/files',
      ];
      for (const path of [...lists, ...webhook, `/deliveries/${delivery.id}`, '/nulle-part']) {
        faults.push(...(await faultsOf(path)));
      }
      await page.request.delete(`/api/webhooks/${id}`);
      await context.close();
      expect(faults).toEqual([]);
    });
  }
}
