import type { Page } from '@playwright/test';

/**
 * Milliseconds from what a person does (a key, a pointer going down) to the frame that shows the answer, both as the
 * browser sees them: what the benchmark takes to send the one and to ask for the other does not count. Infinity when
 * no answer comes within five seconds.
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
  const never = new Promise<number>((resolve) => setTimeout(resolve, 5000, Number.POSITIVE_INFINITY));
  Object.assign(window, {
    answerTime: Promise.race([Promise.all([began, answered]).then(([from, to]) => to - from), never]),
  });
}
