import type { Rule } from './rule';
import { DESIGN, impliedBy, CONDITIONS } from './sources';

export const RELEASED_MODEL_PACKAGES: readonly Rule[] = [
  {
    rule: 'The name of a release parameter is a token, or its stack is nested.',
    source: DESIGN,
    messages: [
      'release-parameter.ts: `parameterName` must not be a token',
      'release-parameter.ts: `scope` must not be in',
    ],
  },
  {
    rule: 'A released model package is used in another stack, or its condition is applied to a construct of another stack.',
    source: impliedBy(CONDITIONS),
    messages: [
      '`…modelPackage` … must be in the same stack as the model',
      'release-condition.ts: … must be in stack …',
    ],
  },
  {
    rule: 'A resource or an output refers to a resource that only exists while a version is released, and has no such condition.',
    source: impliedBy(CONDITIONS),
    messages: ['release-references.ts: … refers to …'],
  },
  {
    rule: 'The name of a released model or of its endpoint configuration is specified: a release does not change the hash in it.',
    source: DESIGN,
    messages: [
      '`modelName` must not be specified for a released',
      '`endpointConfigName` must not be specified with a released',
    ],
  },
  {
    rule: 'A transform job of a stack runs a released model, whose next version it would not run.',
    source: DESIGN,
    messages: ['`model` … must not be a released model'],
  },
];
