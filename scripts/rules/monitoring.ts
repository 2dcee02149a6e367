import type { Rule } from './rule';
import { DESIGN, guide } from './sources';

const CAPTURE = guide('data capture', 'model-monitor-data-capture-endpoint');

export const MONITORING: readonly Rule[] = [
  {
    rule: 'The endpoint of a monitor captures no data, or its endpoint configuration is imported.',
    source: CAPTURE,
    messages: [
      'the data capture of an imported endpoint configuration is unknown',
      'an asynchronous endpoint has no captured data',
      'a serverless variant captures no data',
      'the endpoint configuration has no `dataCapture`',
      'A monitor of an endpoint without data capture is invalid',
      '`dataCapture.enabled` of the endpoint configuration is false',
      '`dataCapture.samplingPercentage` of the endpoint configuration is 0',
    ],
  },
  {
    rule: '`captureModes` of a monitor is empty, or contains data that the endpoint does not capture.',
    source: DESIGN,
    messages: ['`captureModes` requires', '`captureModes` must not be empty'],
  },
  {
    rule: '`variantNames` of a monitor is empty, or names a variant that the endpoint does not have.',
    source: DESIGN,
    messages: ['`variantNames` must name variants of the endpoint', '`variantNames` must not be empty'],
  },
  {
    rule: '`schedule` of a monitor starts several executions in an hour, or `delay` or `maxWindow` is not whole hours.',
    source: CAPTURE,
    messages: ['`schedule` must have at least 1 hour', 'endpoint-monitor-validation.ts: `…` must be whole hours'],
  },
  {
    rule: '`maxWindow` of a monitor is less than the time between two executions.',
    source: DESIGN,
    messages: ['`maxWindow` must be at least the time between two executions'],
  },
  {
    rule: '`inputs`, `outputs` or `environment` of a monitor contains a name that the monitor adds.',
    source: DESIGN,
    messages: ['endpoint-monitor-validation.ts: `…` must not contain "…", which the monitor adds'],
  },
  {
    rule: 'A monitor writes to the captured data of the endpoint.',
    source: DESIGN,
    messages: ['must not be in the captured data of the endpoint'],
  },
  {
    rule: '`violationAlarm.maxViolations` is negative or not a whole number.',
    source: DESIGN,
    messages: ['`violationAlarm.maxViolations` must be a whole number'],
  },
];
