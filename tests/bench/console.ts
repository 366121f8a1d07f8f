import { chromium, type Page } from '@playwright/test';
import { findChromium } from '../../scripts/testing/chromium.ts';
import { answerTime } from './answerTime.ts';
import { type Bench, replaceWebhooks, samplePayload } from './benchContext.ts';
import { percentile } from './table.ts';

/** What a person waits at most without noticing. */
const budget = 100;

/** How soon the console answers, in Chromium: from the key or the pointer going down to the frame that shows it. */
export async function measureConsole(bench: Bench): Promise<void> {
  const executablePath = findChromium();
  if (!executablePath) {
    console.log('  no Chromium here: the console is left out');
    return;
  }
  const [webhookId = ''] = await replaceWebhooks(bench, 3);
  for (let n = 0; n < 10; n++) {
    await bench.api.post('/api/webhooks/trigger', { event_type: 'lead.created', payload: samplePayload });
  }
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const context = await browser.newContext({ baseURL: bench.info.url, locale: 'fr-FR' });
    await context.request.post('/api/auth/login', { data: bench.info.admin });
    for (const [name, measure] of Object.entries(await interactions(await context.newPage(), webhookId))) {
      await measure(); // warms up
      const times: number[] = [];
      while (times.length < (bench.quick ? 5 : 15)) times.push(await measure());
      const value = percentile(times, 0.5);
      bench.figures.push({
        name: `console: ${name}, p50`,
        value,
        unit: 'ms',
        ratio: value / budget,
        of: `${budget} ms`,
      });
    }
  } finally {
    await browser.close();
  }
}

const present = (selector: string) => `document.querySelector('${selector}') !== null`;

/** Each opens its page when it is not there yet, acts, and puts everything back. */
async function interactions(page: Page, webhookId: string): Promise<Record<string, () => Promise<number>>> {
  const visit = async (path: string, there: string) => {
    if (new URL(page.url(), 'http://x').pathname !== path) await page.goto(path);
    await page.locator(there).first().waitFor();
  };
  const close = async (role: 'menu' | 'dialog') => {
    await page.keyboard.press('Escape');
    await page.getByRole(role).waitFor({ state: 'detached' });
  };
  const settings = `/webhooks/${webhookId}/settings`;
  const filters = ['Réussies', 'Toutes'];
  let turn = 0;
  return {
    'a menu opens': async () => {
      await visit('/webhooks', 'button[aria-haspopup=menu]');
      const menu = page.getByRole('button', { name: 'Actions pour Bench 0' });
      await menu.hover(); // nobody presses what they have not come to
      const time = await answerTime(page, () => menu.click(), present('[role=menu] [role=menuitem]'));
      await close('menu');
      return time;
    },
    'a filter is switched': async () => {
      await visit('/deliveries', '[data-row-link]');
      const name = filters[turn++ % 2] ?? '';
      const filter = page.getByRole('radio', { name });
      const shown = `[...document.querySelectorAll('[role=radio][aria-checked=true]')].some((radio) => radio.textContent.includes('${name}'))`;
      const time = await answerTime(page, () => filter.click(), shown);
      await page.waitForTimeout(300);
      return time;
    },
    'a delivery opens': async () => {
      await visit('/deliveries', '[data-row-link]');
      const row = page.locator('[data-row-link]').first();
      await row.hover();
      const time = await answerTime(page, () => row.click(), present('[role=dialog] h2'));
      await close('dialog');
      return time;
    },
    'a character is typed': async () => {
      await visit(settings, '[name=name]');
      await page.locator('[name=name]').fill('a');
      return answerTime(page, () => page.keyboard.press('a'), "document.activeElement.value === 'aa'");
    },
    'a field is refused as it is typed': async () => {
      await visit(settings, '[name=name]');
      const name = page.locator('[name=name]');
      await name.fill('a');
      await name.blur(); // what was never left is not refused while it is typed
      await page.locator('[name=name]:not([aria-invalid=true])').waitFor();
      await name.focus();
      const refused = present('[name=name][aria-invalid=true]');
      return answerTime(page, () => page.keyboard.press('Backspace'), refused);
    },
  };
}
