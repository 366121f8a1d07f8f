import type { ConsoleLine, TransformErrorKind, TransformResult } from '../domain/transform';
import type { Frame } from './frames';

const textsPerResult = 6;

/** The other end of `resultTexts` in the child. */
export function readResults(texts: Frame): TransformResult[] {
  const results: TransformResult[] = [];
  for (let index = 0; index + textsPerResult <= texts.length; index += textsPerResult) {
    const [status = '', text = '', line = '', column = '', lines = '', duration = ''] = texts.slice(index);
    const console: ConsoleLine[] = lines === '' ? [] : JSON.parse(lines);
    const durationMs = Number(duration);
    const place = { ...(line && { line: Number(line) }), ...(column && { column: Number(column) }) };
    if (status === 'ok') results.push({ ok: true, dropped: false, json: text, console, durationMs });
    else if (status === 'dropped') results.push({ ok: true, dropped: true, console, durationMs });
    else
      results.push({
        ok: false,
        kind: status as TransformErrorKind,
        message: text,
        ...place,
        console,
        durationMs,
      });
  }
  return results;
}
