import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';

const variables = ['payload', 'event_type', 'timestamp'];

/**
 * Completes the three variables of a transform, and `payload.` with the keys of the sample in view.
 * @param keys asked for at each completion, so that it follows the chosen sample
 */
export function payloadCompletion(keys: () => string[]) {
  return (context: CompletionContext): CompletionResult | null => {
    const member = context.matchBefore(/\bpayload\??\.\w*$/);
    if (member) {
      const from = member.from + member.text.indexOf('.') + 1;
      return { from, options: keys().map((label) => ({ label, type: 'property' })), validFor: /^\w*$/ };
    }
    const word = context.matchBefore(/\b\w+$/);
    if (!word || (word.text.length < 2 && !context.explicit)) return null;
    return {
      from: word.from,
      options: variables.map((label) => ({ label, type: 'variable' })),
      validFor: /^\w*$/,
    };
  };
}
