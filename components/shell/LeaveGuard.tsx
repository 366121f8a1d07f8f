'use client';

import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { AlertDialog } from '../ui/AlertDialog';
import { guardLeaving } from './leaving';

/**
 * Asks before what was changed on this page is left behind: by a link, by the way back or forward, by what awaits
 * `askToLeave`, and, in the browser's own words, by closing or loading anew. Next's router tells nobody beforehand, so
 * each way out is met where it begins.
 * @param changed something would be lost
 * @param onLeave the person said that it may be
 */
export function LeaveGuard({ changed, onLeave }: { changed: boolean; onLeave?: () => void }) {
  const t = useTranslations('common.leave');
  const router = useRouter();
  const [asking, setAsking] = useState(false);
  const answer = useRef<(leave: boolean) => void>(undefined);
  /** The person said that they leave; until something is typed again, nothing is in the way. */
  const leaving = useRef(false);
  const ask = () =>
    new Promise<boolean>((resolve) => {
      answer.current?.(false);
      answer.current = resolve;
      setAsking(true);
    });
  const close = (leave: boolean) => {
    leaving.current = leave;
    if (leave) onLeave?.();
    setAsking(false);
    answer.current?.(leave);
    answer.current = undefined;
  };
  const askThen = useEffectEvent(async (go: () => void) => {
    if (await ask()) go();
  });
  const push = useEffectEvent((href: string) => router.push(href));
  const askFirst = useEffectEvent(() => (leaving.current ? Promise.resolve(true) : ask()));

  useEffect(() => {
    if (!changed) return;
    leaving.current = false;
    // The question has to be there when the connection is not.
    void import('../ui/AlertDialogWindow').catch(() => {});
    /** This page's own place in the history. */
    const here = { state: history.state, href: location.href };
    const free = () => leaving.current;
    const onInput = () => {
      leaving.current = false;
    };
    const onUnload = (event: BeforeUnloadEvent) => {
      if (!free()) event.preventDefault();
    };
    const onClick = (event: MouseEvent) => {
      const href = free() ? null : hrefToLeaveBy(event);
      if (!href) return;
      event.preventDefault();
      event.stopPropagation();
      askThen(() => push(href));
    };
    // Before the step back or forward is made, where the browser lets it be called off…
    const onNavigate = (event: NavigateEvent) => {
      if (free() || event.navigationType !== 'traverse' || !event.cancelable || event.hashChange) return;
      const { key } = event.destination;
      event.preventDefault();
      askThen(() => void window.navigation.traverseTo(key));
    };
    // … and in older browsers, this page takes two places, of which a step back leaves one.
    const takePlace = () => history.pushState(here.state, '', here.href);
    const onPopState = () => {
      if (free() || !samePage(location, new URL(here.href))) return;
      takePlace();
      askThen(() => history.go(-2));
    };
    const unguard = guardLeaving(askFirst);
    const navigation = 'navigation' in window ? window.navigation : undefined;
    if (!navigation) takePlace();
    window.addEventListener('input', onInput, true);
    window.addEventListener('beforeunload', onUnload);
    window.addEventListener('click', onClick, true);
    if (!navigation) window.addEventListener('popstate', onPopState);
    navigation?.addEventListener('navigate', onNavigate);
    return () => {
      unguard();
      window.removeEventListener('input', onInput, true);
      window.removeEventListener('beforeunload', onUnload);
      window.removeEventListener('click', onClick, true);
      window.removeEventListener('popstate', onPopState);
      if (!navigation && !free() && samePage(location, new URL(here.href))) history.back();
      navigation?.removeEventListener('navigate', onNavigate);
    };
  }, [changed]);

  return (
    <AlertDialog
      open={asking}
      onOpenChange={(open) => open || close(false)}
      title={t('title')}
      description={t('description')}
      confirmLabel={t('confirm')}
      keepLabel={t('stay')}
      danger
      onConfirm={() => close(true)}
    />
  );
}

/** Where a click leads to within this console, away from this page; null for every other click. */
function hrefToLeaveBy(event: MouseEvent): string | null {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  if (!(link instanceof HTMLAnchorElement) || link.hasAttribute('download')) return null;
  if (link.target && link.target !== '_self') return null;
  const to = new URL(link.href);
  // Another site is a page load, of which the browser asks.
  if (to.origin !== location.origin || samePage(to, location)) return null;
  return to.pathname + to.search + to.hash;
}

const samePage = (one: URL | Location, other: URL | Location) =>
  one.pathname === other.pathname && one.search === other.search;
