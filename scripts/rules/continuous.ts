import type { Rule } from './rule';
import { AWS, DESIGN, PIPELINE_EVENTS, PIPES, UNDOCUMENTED, api, link } from './sources';

export const CONTINUOUS: readonly Rule[] = [
  {
    rule: 'A training workflow has both or none of `training` and `tuning`.',
    source: DESIGN,
    messages: [
      'exactly one of `training` and `tuning` must be set',
      'A training workflow without a training is invalid.',
    ],
  },
  {
    rule: 'The name of a state machine is not 1 to 80 letters, digits, hyphens and underscores.',
    source: link('CreateStateMachine', `${AWS}/step-functions/latest/apireference/API_CreateStateMachine.html`),
    messages: [
      'state-machine.ts: `stateMachineName` must have',
      'continuous-deployment-validation.ts: 1 to 80 letters',
    ],
  },
  {
    rule: 'A gate has no metric, no baseline that it could compare with, or accepts every model.',
    source: DESIGN,
    messages: [
      '`gate` requires `evaluation`',
      '`gate` requires `registration`',
      '`gate` must have a `threshold`',
      '`gate.tolerance` must be at least 0',
      '`gate.tolerance` must not be set',
      'gate.ts: `…` must be a finite number',
    ],
  },
  {
    rule: 'An evaluation names a metric that the training does not have, or it or a comparison names a report that is not a file of its output.',
    source: DESIGN,
    messages: [
      '`evaluation.objective` must name one of',
      'processing-report.ts: `report` must be a path',
      'processing-report.ts: `outputs` must not contain',
    ],
  },
  {
    rule: 'A registration does not define how the model is hosted, or its metadata are those that the workflow adds, or too many.',
    source: api('CreateModelPackage'),
    messages: [
      '`registration` must have `algorithm`',
      '`registration.customerMetadata` must not contain',
      '`registration.customerMetadata` must have at most',
    ],
  },
  {
    rule: 'New data is looked for under an impossible prefix, or in an interval that a schedule cannot have.',
    source: DESIGN,
    messages: [
      '`settle` must be at least 1 minute',
      '`settle` must be whole minutes',
      '`maxDelay` must be at least `settle`',
      '`prefix` must not start with "/"',
    ],
  },
  {
    rule: 'A parameter of a pipeline has a name that EventBridge rules do not accept, or an empty value in a schedule.',
    source: [
      link('SageMakerPipelineParameter', `${AWS}/eventbridge/latest/APIReference/API_SageMakerPipelineParameter.html`),
      link(
        'SageMakerPipelineParameter of schedules',
        `${AWS}/scheduler/latest/APIReference/API_SageMakerPipelineParameter.html`,
      ),
    ].join(', '),
    messages: ['`parameters` key "…" must start and end', '`parameters["…"]` must not be empty in a schedule'],
  },
  {
    rule: 'A parameter of a pipeline is the field of an event in a schedule, or only partly the field of an event in a rule.',
    source: PIPES,
    messages: ['`parameters["…"]` must not be the field of an event', '`parameters["…"]` must not contain other text'],
  },
  {
    rule: 'A schedule or an alarm starts a pipeline of another region.',
    source: UNDOCUMENTED,
    messages: ['must be in the region of the pipeline'],
  },
  {
    rule: 'A rule matches the executions of a pipeline of another account or region.',
    result: 'warning',
    source: PIPELINE_EVENTS,
    messages: ['SageMaker sends the events of pipeline'],
  },
  {
    rule: 'The hosting stack of a continuous deployment is its own stack, is that of another one, does not read the parameter, or is not named by a literal text.',
    source: DESIGN,
    messages: [
      '`stackName` must be another stack',
      '`stackName` must be a stack that reads',
      '`stackName` must be the hosting stack of a single continuous deployment',
      'continuous-deployment-validation.ts: `…` must be read by another stack',
      'continuous-deployment-validation.ts: `…` must be a literal text',
      'continuous-deployment-validation.ts: `…` must be …, got',
    ],
  },
  {
    rule: 'The hosting stack reads an SSM parameter that the continuous deployment has no permission to read.',
    result: 'warning',
    source: link(
      'SSM parameter types',
      'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html',
    ),
    messages: ['which the continuous deployment has no permission to read'],
  },
  {
    rule: '`group` of a continuous deployment is in another account or region.',
    source: DESIGN,
    messages: ['`group` … must be in the account and the region of the continuous deployment'],
  },
  {
    rule: 'Two continuous deployments have the same `parameterName`, or a template contains the parameter.',
    source: DESIGN,
    messages: ['must be the parameter of a single continuous deployment', 'must not be a parameter of a template'],
  },
  {
    rule: 'A shadow test has the parameter of the releases, an impossible duration, number of requests, agreement or tolerance, or a JSONPath with a syntax error.',
    source: DESIGN,
    messages: [
      '`shadowTest.parameterName` must not be `parameterName`',
      'shadow-test.ts: `duration` must be 1 second',
      'shadow-test.ts: `maxDuration` must be at least',
      'shadow-test.ts: `minRequests` must be a whole number',
      'shadow-test.ts: `minAgreement` must be 0 to 1',
      'shadow-test.ts: `tolerance` must be at least 0',
      'shadow-test.ts: `jsonPath` must be a JSONPath',
    ],
  },
  {
    rule: 'The comparison of a shadow test has no finite threshold, an input or a variable that the library adds, more of them than a job has room for together with those, or is combined with options of the other comparison.',
    source: DESIGN,
    messages: [
      'shadow-comparison.ts: `threshold` must be a finite number',
      'shadow-comparison.ts: `…` must not contain …, which the shadow test adds',
      'shadow-comparison.ts: `…` must have at most … entries',
      '`comparison` must not be combined with',
    ],
  },
  {
    rule: 'A shadow test has more than 100 alarms.',
    source: link('DescribeAlarms', `${AWS}/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html`),
    messages: ['shadow-test-alarms.ts: `alarms` must have at most'],
  },
  {
    rule: 'An alarm of a shadow test is in another account or region, or is a reference to an alarm of the hosting stack, which is deployed later.',
    source: DESIGN,
    messages: [
      'shadow-test-alarms.ts: `alarms` must be in the account',
      'shadow-test-alarms.ts: `alarms` must not refer',
    ],
  },
  {
    rule: 'The hosting stack of a shadow test has no such endpoint or variants, or they have other models, receive no requests, or are not captured where the test expects it.',
    source: DESIGN,
    messages: ['shadow-test-validation.ts: `shadow', 'shadow-test-validation.ts: `dataCapture'],
  },
  {
    rule: 'The endpoint of a shadow test captures only a part of the requests, or only responses.',
    result: 'warning',
    source: DESIGN,
    messages: ['of the requests of each variant', 'captures no requests, so that only'],
  },
  {
    rule: 'The hosting stack of the app does not depend on the stack of the continuous deployment, which creates the parameter.',
    result: 'warning',
    source: DESIGN,
    messages: ['and does not depend on it'],
  },
  {
    rule: '`approvalStatus` of the registration is REJECTED.',
    source: DESIGN,
    messages: ['`registration.approvalStatus` must not be REJECTED'],
  },
  {
    rule: '`objective` of an evaluation or a comparison by a processing job is not the path of a member of the report, or `report` is a folder.',
    source: DESIGN,
    messages: [
      'processing-report.ts: `objective` must name the metric by the names of members',
      'processing-report.ts: `report` must be the path of a file',
    ],
  },
  {
    rule: '`prefix` of new data contains the artifacts or the reports of the workflow.',
    source: DESIGN,
    messages: ['`prefix` must not contain what the workflow writes'],
  },
  {
    rule: 'No input of the training reads the new data.',
    result: 'warning',
    source: DESIGN,
    messages: ['but no input of the training reads it'],
  },
  {
    rule: 'A cron expression has an hour and no minute.',
    result: 'warning',
    source: DESIGN,
    messages: ['fires every minute of hour'],
  },
  {
    rule: '`output` of a transform schedule is in the prefix of `input`.',
    source: DESIGN,
    messages: ['`output` must not be in the prefix of `input`'],
  },
  {
    rule: 'The alarm that starts a workflow or a pipeline is in another region.',
    source: DESIGN,
    messages: ['whose event bus does not receive the events of the alarm'],
  },
];
