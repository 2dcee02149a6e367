import type { Rule } from './rule';
import { DESIGN, impliedBy, api, PROCESSING_DATA } from './sources';

export const PROCESSING: readonly Rule[] = [
  {
    rule: '`localPath` of an input or an output is not below `/opt/ml/processing/`.',
    source: PROCESSING_DATA,
    messages: ['to which processing jobs restrict inputs and outputs'],
  },
  {
    rule: 'The name of an input or an output contains "/" or is ".", "..": it is part of the path in the container.',
    source: DESIGN,
    messages: ['key must be the name of a folder'],
  },
  {
    rule: '`inputMode` of an input is FastFile.',
    source: api('ProcessingS3Input'),
    messages: ['processing jobs do not support FastFile mode'],
  },
  {
    rule: '`image` is in a private registry.',
    source: impliedBy(api('AppSpecification')),
    messages: ['`image` must not be in a private registry, which processing jobs do not support'],
  },
  {
    rule: '`output` is called with another name than those of `outputs`.',
    source: DESIGN,
    messages: ['`name` must be the name of one of its outputs'],
  },
];
