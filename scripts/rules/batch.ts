import type { Rule } from './rule';
import { DESIGN, api, UNCOMPRESSED } from './sources';

export const BATCH: readonly Rule[] = [
  {
    rule: '`model` has uncompressed model data.',
    source: UNCOMPRESSED,
    messages: ['a transform job does not support uncompressed model data'],
  },
  {
    rule: '`maxConcurrentTransforms` times `maxPayload` is more than 100 MiB.',
    source: api('CreateTransformJob'),
    messages: ['`maxConcurrentTransforms` times `maxPayload` must be at most'],
  },
  {
    rule: '`batchStrategy` is set for an input without `splitType`.',
    source: api('CreateTransformJob'),
    messages: ['`batchStrategy` requires an input that is split into records'],
  },
  {
    rule: 'The execution role of an imported `model` is unknown, and receives no permission for the input and the output.',
    result: 'warning',
    source: DESIGN,
    messages: ['The execution role of model … is unknown'],
  },
  {
    rule: '`model` is in a stack of another account.',
    source: DESIGN,
    messages: ['a transform job must be in the account of its model'],
  },
];
