import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { Suspense } from 'react';
import { Playground } from '@/components/playground/Playground';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('playground'))('title') };
}

export default function PlaygroundPage() {
  return (
    <Suspense>
      <Playground />
    </Suspense>
  );
}
