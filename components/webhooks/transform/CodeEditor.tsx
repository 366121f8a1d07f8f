'use client';

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { javascript, javascriptLanguage } from '@codemirror/lang-javascript';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState, Prec } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { useEffect, useEffectEvent, useRef } from 'react';
import { codeEditorTheme } from '../../ui/codeEditorTheme';
import { payloadCompletion } from './payloadCompletion';

/** An error at a place of the script; both count from 1. */
type ScriptError = { message: string; line: number; column: number };

type CodeEditorProps = {
  value: string;
  onChange: (value: string) => void;
  label: string;
  describedBy?: string;
  error?: ScriptError;
  /** Keys offered after `payload.` */
  payloadKeys: string[];
  /** Ctrl+Enter or ⌘+Enter. */
  onRun: () => void;
};

/** A JavaScript editor (CodeMirror 6). Load it with `next/dynamic`: it is heavy. */
export function CodeEditor({
  value,
  onChange,
  label,
  describedBy,
  error,
  payloadKeys,
  onRun,
}: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const changed = useEffectEvent((text: string) => onChange(text));
  const run = useEffectEvent(() => {
    onRun();
    return true;
  });
  const keys = useEffectEvent(() => payloadKeys);
  const attributes = useEffectEvent(() => ({
    'aria-label': label,
    // Editable text is focusable by itself; the attribute says so to tools that look for one.
    tabindex: '0',
    ...(describedBy ? { 'aria-describedby': describedBy } : {}),
  }));
  const create = useEffectEvent((parent: HTMLElement) => {
    const runKey = keymap.of([{ key: 'Mod-Enter', run: () => run() }]);
    const extensions = [
      Prec.highest(runKey),
      editing,
      javascriptLanguage.data.of({ autocomplete: payloadCompletion(() => keys()) }),
      codeEditorTheme,
      EditorView.contentAttributes.of(() => attributes()),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) changed(update.state.doc.toString());
      }),
    ];
    return new EditorView({ parent, state: EditorState.create({ doc: value, extensions }) });
  });

  useEffect(() => {
    if (!host.current) return;
    const editor = create(host.current);
    view.current = editor;
    return () => editor.destroy();
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: an update reads the attributes anew, in another language
  useEffect(() => view.current?.dispatch({}), [label]);

  useEffect(() => {
    const editor = view.current;
    editor?.dispatch(setDiagnostics(editor.state, error ? [diagnosticAt(editor.state, error)] : []));
  }, [error]);

  return <div ref={host} className="h-full min-h-0" />;
}

const editing = [
  lineNumbers(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  lintGutter(),
  history(),
  drawSelection(),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  autocompletion(),
  javascript(),
  EditorView.lineWrapping,
  keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, indentWithTab]),
];

function diagnosticAt(state: EditorState, { line, column, message }: ScriptError): Diagnostic {
  const { from, to } = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
  const start = Math.min(from + Math.max(column, 1) - 1, to);
  return { from: start, to: Math.max(start, Math.min(start + 1, to)), severity: 'error', message };
}
