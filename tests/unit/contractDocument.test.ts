import { expect, test } from 'vitest';
import { contractCheck, type Operation } from '../support/contractDocument';

/*
 * The contract test finds what it looks for.
 */

const thing = { type: 'object', required: ['id'], properties: { id: { type: 'string', format: 'uuid' } } };
const check = contractCheck({ paths: {}, components: { schemas: { Thing: thing } } });
const content = { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } };
const operation: Operation = {
  ...{ method: 'get', path: '/api/things', parameters: [], security: [] },
  responses: { 200: { content }, 204: {}, 500: { content } },
};
const json = { type: 'application/json; charset=utf-8' };
const good = JSON.stringify({ id: crypto.randomUUID() });

test.each([
  ['as described', { status: 200, ...json, text: good }, true],
  ['nothing', { status: 204, type: undefined, text: '' }, true],
  ['a status that is not described', { status: 418, ...json, text: good }, false],
  ['a failure of ours, though it is described', { status: 500, ...json, text: good }, false],
  ['another type', { status: 200, type: 'text/html', text: good }, false],
  ['a field too few', { status: 200, ...json, text: '{}' }, false],
  ['another form', { status: 200, ...json, text: '{"id":"1"}' }, false],
  ['a body where there is none', { status: 204, type: undefined, text: good }, false],
])('%s', (_, answer, isFine) => {
  expect(check(operation, answer) === null).toBe(isFine);
});
