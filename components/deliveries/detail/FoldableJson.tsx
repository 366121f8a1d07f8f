'use client';

import { json } from '@codemirror/lang-json';
import { codeFolding, foldCode, foldGutter, unfoldCode } from '@codemirror/language';
import { closeSearchPanel, findNext, findPrevious, openSearchPanel, search } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { useTranslations } from 'next-intl';
import { useEffect, useEffectEvent, useRef } from 'react';
import { codeEditorTheme } from '../../ui/codeEditorTheme';

type FoldableJsonProps = { text: string; label: string };

/** JSON to look through: its parts fold, and it can be searched (CodeMirror 6). Heavy: fetched when it is asked for. */
export function FoldableJson({ text, label }: FoldableJsonProps) {
  const t = useTranslations('deliveries.json');
  const host = useRef<HTMLDivElement>(null);
  const create = useEffectEvent((parent: HTMLElement) => {
    const phrases = {
      Find: t('find'),
      next: t('next'),
      previous: t('previous'),
      all: t('all'),
      'match case': t('matchCase'),
      regexp: t('regexp'),
      'by word': t('byWord'),
      close: t('close'),
      'current match': t('currentMatch'),
      'on line': t('onLine'),
      'folded code': t('folded'),
      'Folded lines': t('folded'),
      'Unfolded lines': t('unfolded'),
      unfold: t('unfold'),
      'Fold line': t('fold'),
      'Unfold line': t('unfold'),
      to: t('to'),
    };
    const extensions = [
      EditorState.phrases.of(phrases),
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': label }),
      looking,
    ];
    return new EditorView({ parent, state: EditorState.create({ doc: text, extensions }) });
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text is another view
  useEffect(() => {
    if (!host.current) return;
    const view = create(host.current);
    openSearchPanel(view);
    return () => view.destroy();
  }, [text]);
  return <div ref={host} data-json className="overflow-hidden rounded-md border bg-sunken" />;
}

const looking = [
  lineNumbers(),
  foldGutter(),
  codeFolding(),
  drawSelection(),
  json(),
  search({ top: true }),
  // Not CodeMirror's own lists of keys: with them comes what edits, and dialogs.
  keymap.of([
    { key: 'Mod-f', run: openSearchPanel, scope: 'editor search-panel' },
    { key: 'F3', run: findNext, shift: findPrevious, scope: 'editor search-panel', preventDefault: true },
    { key: 'Escape', run: closeSearchPanel, scope: 'editor search-panel' },
    { key: 'Ctrl-Shift-[', mac: 'Cmd-Alt-[', run: foldCode },
    { key: 'Ctrl-Shift-]', mac: 'Cmd-Alt-]', run: unfoldCode },
  ]),
  EditorView.lineWrapping,
  EditorView.theme({
    '.cm-scroller': { maxHeight: '24rem', overflow: 'auto' },
    '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--ink)', borderColor: 'var(--line)' },
    '.cm-panel.cm-search': { padding: '8px 28px 8px 8px', fontSize: '12px' },
    '.cm-panel.cm-search label': { fontSize: '12px', whiteSpace: 'nowrap' },
    '.cm-textfield, .cm-button': {
      backgroundColor: 'var(--raised)',
      backgroundImage: 'none',
      color: 'var(--ink)',
      border: '1px solid var(--line-strong)',
      borderRadius: '6px',
      padding: '3px 8px',
      fontSize: '12px',
    },
    '.cm-panel.cm-search [name=close]': { color: 'var(--muted)', fontSize: '18px', padding: '0 8px' },
    '.cm-searchMatch': { backgroundColor: 'var(--warning-soft)', outline: '1px solid var(--warning)' },
    '.cm-searchMatch-selected': { backgroundColor: 'color-mix(in oklch, var(--warning) 45%, transparent)' },
    '.cm-foldPlaceholder': {
      backgroundColor: 'var(--accent-soft)',
      color: 'var(--accent-ink)',
      border: 'none',
      padding: '0 6px',
    },
  }),
  codeEditorTheme,
];
