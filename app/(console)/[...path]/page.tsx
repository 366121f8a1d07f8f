import { notFound } from 'next/navigation';

/** Whatever is no page of ours is not found inside the shell. */
export default function UnknownPage() {
  notFound();
}
