'use client';

import './globals.css';

type GlobalErrorProps = { error: Error & { digest?: string }; reset: () => void };

/** Where even the root layout cannot be drawn: without a language, so in both. */
export default function GlobalError({ error, reset }: GlobalErrorProps) {
  return (
    <html lang="fr">
      <body>
        <main className="grid min-h-dvh place-items-center p-6">
          <div role="alert" className="flex max-w-sm flex-col items-start gap-4">
            <h1 className="text-2xl">Une erreur est survenue</h1>
            <p className="text-base text-muted">Cette page n’a pas pu être affichée. Réessayez.</p>
            <p lang="en" className="text-base text-muted">
              This page could not be shown. Try again.
            </p>
            {error.digest && <p className="font-mono text-muted text-xs">{error.digest}</p>}
            <button
              type="button"
              className="h-9 rounded-md bg-accent px-4 font-medium text-on-accent text-sm"
              onClick={reset}
            >
              Réessayer · <span lang="en">Retry</span>
            </button>
          </div>
        </main>
      </body>
    </html>
  );
}
