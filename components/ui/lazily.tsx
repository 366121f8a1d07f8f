'use client';

import { type ComponentType, lazy, type ReactNode, Suspense } from 'react';

/**
 * A component whose code is fetched when it is drawn for the first time; `meanwhile` stands in its place. Unlike
 * `next/dynamic` without `loading` it always waits within bounds of its own: else the page around it would be hidden
 * until it is there, and whoever was typing would lose the focus.
 */
export function lazily<Props extends object>(
  fetch: () => Promise<ComponentType<Props>>,
  meanwhile: ReactNode = null,
): ComponentType<Props> {
  const Component = lazy(async () => ({ default: await fetch() }));
  // biome-ignore lint/correctness/noComponentHookFactories: called once per component, at the top of a module
  return function Lazy(props: Props) {
    return (
      <Suspense fallback={meanwhile}>
        <Component {...props} />
      </Suspense>
    );
  };
}
