import type { Rule } from './rule';
import { DESIGN, api, ASYNC, COMPONENTS, MULTI_MODEL, SERVERLESS } from './sources';

export const SMOKE_TESTS: readonly Rule[] = [
  {
    rule: 'The endpoint is asynchronous, or its variants are for inference components, which have tests of their own.',
    source: [ASYNC, COMPONENTS].join(', '),
    messages: [
      '`smokeTest` is not supported for an asynchronous endpoint',
      '`smokeTest` is not supported for an endpoint with inference components',
    ],
  },
  {
    rule: '`targetVariant` is not a production variant, or is specified for an inference component.',
    source: api('runtime_InvokeEndpoint'),
    messages: ['`smokeTest.targetVariant` must be', '`smokeTest.targetVariant` must not be specified'],
  },
  {
    rule: '`targetModel` is missing for a multi-model container, or is not a header value of 1 to 1024 characters.',
    source: [MULTI_MODEL, api('runtime_InvokeEndpoint')].join(', '),
    messages: ['`smokeTest.targetModel` is required', '`smokeTest.targetModel` must have'],
  },
  {
    rule: 'A request is larger than the variant supports, or its text is too large for a template.',
    source: [api('runtime_InvokeEndpoint'), SERVERLESS].join(', '),
    messages: [
      'smoke-test-request.ts: `text` must have at most',
      'smoke-test-request.ts: `path` must be the path of a file of at most',
      '`smokeTest.request` must have at most',
    ],
  },
  {
    rule: 'The content type, the timeout or an expectation cannot be met or sent.',
    source: DESIGN,
    messages: [
      '`smokeTest.contentType` must not be empty',
      '`smokeTest.timeout` must be 1 to',
      '`smokeTest.expect` must have at least',
      '`status` must be a whole number of 100 to 599',
      '`text` must not be empty, since',
      '`path` must be a JSONPath expression',
      'expectation.ts: `…` must be at least 0',
      'expectation.ts: `value` must be',
      'expectation.ts: `tolerance` must be',
    ],
  },
  {
    rule: '`expect` contains different statuses.',
    source: DESIGN,
    messages: ['`smokeTest.expect` must have one status'],
  },
];
