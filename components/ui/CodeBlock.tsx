'use client';

import { type ReactNode, useMemo } from 'react';
import { CopyButton } from './CopyButton';
import { cn } from './cn';
import { prettyJson } from './prettyJson';

type CodeBlockProps = {
  /** Shown as text, whatever it holds. */
  code: string;
  /** `json`: indented and coloured when it parses, as it is when it does not. */
  language?: 'json' | 'text';
  /** What the code is, for screen readers. */
  label: string;
  copyable?: boolean;
  /** Height from which it scrolls; the default is 24 rem. */
  className?: string;
};

/** Code or a body to read and copy. Hostile text is safe here: it only ever becomes text nodes. */
export function CodeBlock({ code, language = 'text', label, copyable = true, className }: CodeBlockProps) {
  const pretty = useMemo(() => (language === 'json' ? prettyJson(code) : null), [code, language]);
  const shown = pretty ?? code;
  return (
    <div className="group/code relative min-w-0 overflow-hidden rounded-md border bg-sunken">
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        className={cn('base:max-h-96 overflow-auto focus-visible:-outline-offset-2', className)}
      >
        <pre
          className={cn('w-fit min-w-full p-3.5 font-mono text-ink text-xs leading-5', copyable && 'pr-12')}
        >
          {pretty === null ? code : colourJson(pretty)}
        </pre>
      </section>
      {copyable && (
        <CopyButton text={shown} className="absolute top-1.5 right-1.5 bg-sunken/80 backdrop-blur-xs" />
      )}
    </div>
  );
}

const longestColoured = 40_000;
const jsonToken = /("(?:\\.|[^"\\])*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\b(?:true|false|null)\b/g;

function colourJson(text: string): ReactNode {
  if (text.length > longestColoured) return text;
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(jsonToken)) {
    parts.push(text.slice(end, match.index));
    const [whole, string, colon] = match;
    parts.push(
      <span key={match.index} className={tokenClass(string !== undefined, colon !== undefined, whole)}>
        {string ?? whole}
      </span>,
      colon ?? '',
    );
    end = match.index + whole.length;
  }
  parts.push(text.slice(end));
  return parts;
}

function tokenClass(isString: boolean, isKey: boolean, text: string): string {
  if (isKey) return 'text-code-key';
  if (isString) return 'text-code-string';
  return /^[tfn]/.test(text) ? 'text-code-keyword' : 'text-code-number';
}
