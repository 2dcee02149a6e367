import { EventEmitter } from 'node:events';

/**
 * The state changes that services publish, by the kind of resource. The event is the record of the resource, as the Describe
 * operation returns it.
 */
export interface StateChanges {
  readonly algorithm: [{ readonly AlgorithmName: string; readonly AlgorithmStatus: string }];
  readonly trainingJob: [{ readonly TrainingJobName: string; readonly TrainingJobStatus: string }];
  readonly transformJob: [{ readonly TransformJobName: string; readonly TransformJobStatus: string }];
  readonly tuningJob: [
    { readonly HyperParameterTuningJobName: string; readonly HyperParameterTuningJobStatus: string },
  ];
  readonly modelPackage: [
    {
      readonly ModelPackageArn: string;
      readonly ModelPackageStatus: string;
      readonly ModelApprovalStatus?: string;
    },
  ];

  /** The status of an endpoint that was deleted is `Deleted`. */
  readonly endpoint: [{ readonly EndpointName: string; readonly EndpointStatus: string }];
}

/** Delivers state changes to the services that react to them: at once, in the order of their subscriptions. */
export class EventBus extends EventEmitter<StateChanges> {}
