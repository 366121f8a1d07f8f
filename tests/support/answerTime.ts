import type { Page } from '@playwright/test';

/**
 * Milliseconds from what a person does (a key, a pointer going down) to the frame that shows the answer, both as the
 * browser sees them: what the test takes to send the one and to ask for the other does not count.
 * @param act does it
 * @param shown an expression in the page that is true once the answer is there
 */
export async function answerTime(page: Page, act: () => Promise<void>, shown: string): Promise<number> {
  // As text: the page's content policy lets nothing inside it make functions of strings.
  await page.evaluate(`(${watch})(() => ${shown})`);
  await act();
  return page.evaluate(() => (window as unknown as { answerTime: Promise<number> }).answerTime);
}

function watch(isShown: () => boolean): void {
  const began = new Promise<number>((resolve) => {
    for (const kind of ['pointerdown', 'keydown']) {
      addEventListener(kind, (event) => resolve(event.timeStamp), { capture: true, once: true });
    }
  });
  const answered = new Promise<number>((resolve) => {
    const look = (now: number) => (isShown() ? resolve(now) : requestAnimationFrame(look));
    began.then(() => requestAnimationFrame(look));
  });
  Object.assign(window, { answerTime: Promise.all([began, answered]).then(([from, to]) => to - from) });
}

/** The middle one of `count` measurements, after one that warms up. */
export async function median(count: number, measure: () => Promise<number>): Promise<number> {
  await measure();
  const times: number[] = [];
  while (times.length < count) times.push(await measure());
  return times.sort((a, b) => a - b)[Math.floor(count / 2)] ?? Number.NaN;
}
