import { EventEmitter } from 'node:events';

/**
 * The state changes that services publish, by the kind of resource. The event is the record of the resource, as the Describe
 * operation returns it.
 */
export interface StateChanges {
  readonly algorithm: { readonly AlgorithmName: string; readonly AlgorithmStatus: string };
  readonly trainingJob: { readonly TrainingJobName: string; readonly TrainingJobStatus: string };
  readonly transformJob: { readonly TransformJobName: string; readonly TransformJobStatus: string };
  readonly processingJob: { readonly ProcessingJobName: string; readonly ProcessingJobStatus: string };
  readonly tuningJob: { readonly HyperParameterTuningJobName: string; readonly HyperParameterTuningJobStatus: string };
  readonly modelPackage: {
    readonly ModelPackageArn: string;
    readonly ModelPackageStatus: string;
    readonly ModelApprovalStatus?: string;
  };

  /** The status of an endpoint that was deleted is `Deleted`. */
  readonly endpoint: { readonly EndpointName: string; readonly EndpointStatus: string };

  /** The status of an inference component that was deleted is `Deleted`. */
  readonly inferenceComponent: { readonly InferenceComponentName: string; readonly InferenceComponentStatus: string };

  /** An event of a service other than SageMaker. */
  readonly serviceEvent: ServiceEvent;
}

/** An event, as a service reports it to Amazon EventBridge. */
export interface ServiceEvent {
  /** The name of the service, such as `aws.s3`. */
  readonly source: string;
  readonly detailType: string;

  /** The ARNs of the resources that the event is about. */
  readonly resources: string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

type Kind = keyof StateChanges;

/**
 * Delivers state changes to the services that react to them. Delivery is synchronous. A change that a subscriber publishes
 * is delivered after the current one, so that all subscribers receive the changes in the same order.
 */
export class EventBus {
  private readonly emitter = new EventEmitter();
  private readonly pending: (() => void)[] = [];
  private isDelivering = false;

  public subscribe<K extends Kind>(kind: K, subscriber: (change: StateChanges[K]) => void): void {
    this.emitter.on(kind, subscriber);
  }

  public publish<K extends Kind>(kind: K, change: StateChanges[K]): void {
    this.pending.push(() => this.emitter.emit(kind, change));
    if (this.isDelivering) return;
    this.isDelivering = true;
    try {
      this.deliver();
    } finally {
      this.isDelivering = false;
    }
  }

  /** Delivers all pending changes. If a subscriber throws an error, the changes after it are delivered first. */
  private deliver(): void {
    const next = this.pending.shift();
    if (next === undefined) return;
    try {
      next();
    } finally {
      this.deliver();
    }
  }
}
