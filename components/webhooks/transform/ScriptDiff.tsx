'use client';

import { DiffView } from '../../deliveries/detail/DiffView';
import { scriptDiff } from './scriptDiff';

type ScriptDiffProps = { before: string | null; after: string; label: string };

/** Two scripts, line by line. */
export function ScriptDiff(props: ScriptDiffProps) {
  return <DiffView {...props} compare={scriptDiff} />;
}
