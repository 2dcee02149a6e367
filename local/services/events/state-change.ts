import { randomUUID } from 'node:crypto';
import api from '../../aws-model/api.json';
import type { Context } from '../context';
import type { ServiceEvent, StateChanges } from '../event-bus';

/** An event, as a target receives it. */
export interface Event {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export type SageMakerKind = Exclude<keyof StateChanges, 'serviceEvent'>;

/** The kinds of state changes of SageMaker: the name in the type of the event, and the noun of the API. */
export const KINDS: Record<SageMakerKind, readonly [name: string, noun: string]> = {
  algorithm: ['Algorithm', 'Algorithm'],
  trainingJob: ['Training Job', 'TrainingJob'],
  transformJob: ['Transform Job', 'TransformJob'],
  processingJob: ['Processing Job', 'ProcessingJob'],
  tuningJob: ['HyperParameter Tuning Job', 'HyperParameterTuningJob'],
  modelPackage: ['Model Package', 'ModelPackage'],
  endpoint: ['Endpoint', 'Endpoint'],
  inferenceComponent: ['Inference Component', 'InferenceComponent'],
};

/** The event of a state change of SageMaker. Its detail has the members of the Describe operation, with times in milliseconds. */
export function eventOf(context: EventContext, kind: SageMakerKind, record: object): Event {
  const [name, noun] = KINDS[kind];
  const members = (api.descriptions as Record<string, string[]>)[`Describe${noun}`];
  const given = record as Record<string, unknown>;
  const detail = Object.fromEntries(
    members
      .filter((member) => given[member] !== undefined)
      .map((member) => [member, converted(member, given[member])] as const),
  );
  return eventFrom(context, {
    source: 'aws.sagemaker',
    detailType: `SageMaker ${name} State Change`,
    resources: [String(given[`${noun}Arn`])],
    detail: { ...detail, Tags: {} },
  });
}

type EventContext = Pick<Context, 'account' | 'region' | 'clock'>;

/** An event of a service. Its time is in milliseconds since 1970. */
export function eventFrom({ account, region, clock }: EventContext, event: ServiceEvent, time = clock.now()): Event {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': event.detailType,
    source: event.source,
    account,
    time: new Date(time).toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: event.resources,
    detail: event.detail,
  };
}

function converted(member: string, value: unknown): unknown {
  if (member.endsWith('Time') && typeof value === 'number') return Math.round(value * 1000);
  // The events of endpoints have statuses such as IN_SERVICE.
  if (member === 'EndpointStatus')
    return String(value)
      .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
      .toUpperCase();
  return value;
}
