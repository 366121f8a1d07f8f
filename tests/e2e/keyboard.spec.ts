import { expect, type Page } from '@playwright/test';
import { test } from '../support/e2e.ts';
import { deleteAllWebhooks } from '../support/session.ts';

/*
 * Without a mouse, from the sign-in to a delivery that is sent again: Tab, Enter, Space, Escape and letters.
 */

test.afterEach(async ({ page }) => {
  await deleteAllWebhooks(page.request);
});

/** Presses Tab until the focus is on what the selector names, and reads `text` when given. */
async function tabTo(page: Page, selector: string, text?: string): Promise<void> {
  await expect(page.locator(selector).filter({ hasText: text }).first()).toBeVisible();
  for (let presses = 0; presses < 80; presses++) {
    const isThere = await page.evaluate(
      (wanted) => {
        const focused = document.activeElement;
        return (
          focused?.matches(wanted.selector) && (!wanted.text || focused.textContent?.trim() === wanted.text)
        );
      },
      { selector, text },
    );
    if (isThere) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${selector} ${text ?? ''}`);
}

test('a person without a mouse signs in, creates a webhook, tests it and sends a delivery again', async ({
  page,
  local,
  receiver,
}) => {
  receiver.answer({ status: 500 });
  const { keyboard } = page;
  await page.goto('/login');
  await tabTo(page, '[name=email]');
  await keyboard.type(local.admin?.email ?? '');
  await tabTo(page, '[name=password]');
  await keyboard.type(local.admin?.password ?? '');
  await keyboard.press('Enter');

  await tabTo(page, 'a', 'Nouveau Webhook');
  await keyboard.press('Enter');
  await tabTo(page, '[name=name]');
  await keyboard.type('Au clavier');
  await tabTo(page, '[name=url]');
  await keyboard.type(receiver.url);
  const event = page.getByRole('checkbox', { name: 'Lead créé' });
  await tabTo(page, `#${await event.getAttribute('id')}`);
  await keyboard.press('Space');
  await expect(event).toBeChecked();
  await tabTo(page, 'button', 'Créer le webhook');
  await keyboard.press('Enter');

  await tabTo(page, 'button', 'Envoyer le test');
  await keyboard.press('Enter');
  await receiver.waitFor(1);
  await tabTo(page, 'a', 'Aller au webhook');
  await keyboard.press('Enter');
  await tabTo(page, 'nav a[href$="/deliveries"]', 'Livraisons');
  await keyboard.press('Enter');
  await tabTo(page, 'a[data-row-link]');
  await keyboard.press('Enter');

  await expect(page.getByRole('dialog').getByText('Tentative 1').first()).toBeVisible();
  await tabTo(page, '[role=dialog] button', 'Rejouer');
  await keyboard.press('Enter');
  await receiver.waitFor(2);
  await expect(page.getByRole('dialog').getByText('Tentative 2').first()).toBeVisible();
  await keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  // Closed, it hands the focus back to where it came from.
  await expect(page.locator('a[data-row-link]').first()).toBeFocused();
});
