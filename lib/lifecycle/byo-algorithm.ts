import { Duration, type aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Algorithm, type IAlgorithm } from '../algorithm/algorithm';
import { InstanceType } from '../common/instance-type';
import type { ModelData } from '../common/model-data';
import { Processor } from '../common/processor';
import { TrainingResources } from '../common/training-resources';
import { DeploymentPolicy } from '../hosting/endpoint/deployment-policy';
import { Endpoint } from '../hosting/endpoint/endpoint';
import { EndpointConfig } from '../hosting/endpoint-config/endpoint-config';
import type { EndpointVariant } from '../hosting/endpoint/endpoint-variant';
import { type IModel, Model } from '../hosting/model/model';
import { ProductionVariant } from '../hosting/endpoint-config/production-variant';
import { ValidationErrors, isKnown } from '../private/validation';
import { ModelApprovalStatus } from '../registry/model-package/model-approval-status';
import { type IModelPackage, ModelPackage } from '../registry/model-package/model-package';
import { type IModelPackageGroup, ModelPackageGroup } from '../registry/model-package-group';
import { TrainingJob } from '../training/training-job';
import type { ByoEndpointOptions, ByoScalingOptions } from './byo-options';
import type { ByoAlgorithmProps } from './byo-algorithm-props';

/**
 * An algorithm of your own through its whole life: registered, trained, its model registered and hosted, watched by alarms.
 *
 * Every stage is a property and can be given ready, which leaves the earlier ones out.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms.html
 */
export class ByoAlgorithm extends Construct {
  /** The algorithm; undefined where a later stage was given. */
  public readonly algorithm?: IAlgorithm;

  /** The training job; undefined where it has nothing to make. */
  public readonly trainingJob?: TrainingJob;

  /** The trained data; undefined where a later stage was given. */
  public readonly modelData?: ModelData;

  /** The group of the versions; undefined where a later stage was given. */
  public readonly modelPackageGroup?: IModelPackageGroup;

  /** The package; undefined where a model was given. */
  public readonly modelPackage?: IModelPackage;

  /** The model; undefined while the package may not be deployed. */
  public readonly model?: IModel;

  /** The configuration of the endpoint; undefined where there is no endpoint. */
  public readonly endpointConfig?: EndpointConfig;

  /** The endpoint; undefined where there is none. */
  public readonly endpoint?: Endpoint;

  /** The alarms of the endpoint. */
  public readonly alarms: cloudwatch.Alarm[] = [];

  constructor(scope: Construct, id: string, props: ByoAlgorithmProps) {
    super(scope, id);
    checkByo(this, props);
    if (props.model === undefined) {
      this.modelPackage = props.modelPackage;
      if (props.modelPackage === undefined) {
        this.algorithm = props.algorithm ?? this.register(props);
        this.trainingJob = props.modelData === undefined ? this.train(props, this.algorithm) : undefined;
        this.modelData = props.modelData ?? this.trainingJob?.modelData;
        this.modelPackageGroup = props.registry?.group ?? new ModelPackageGroup(this, 'Group');
        this.modelPackage = this.version(props);
      }
    }
    this.model = props.model ?? this.modelOf(props);
    if (props.endpoint === undefined || this.model === undefined) return;
    this.endpointConfig = this.configure(props.endpoint, this.model);
    this.endpoint = this.host(props.endpoint, this.endpointConfig);
  }

  private register(props: ByoAlgorithmProps): Algorithm {
    const { images, channels, hyperparameters, metrics, objectives } = props as Required<ByoAlgorithmProps>;
    const { instanceTypes, instanceCount } = this.trainingResources(props);
    return new Algorithm(this, 'Algorithm', {
      images: images._verified,
      channels,
      hyperparameters,
      metrics,
      objectives,
      trainingInstanceTypes: instanceTypes,
      supportsDistributedTraining: isKnown(instanceCount) ? instanceCount > 1 : true,
      inference: props.inference ?? {
        contentTypes: ['text/csv', 'application/json'],
        responseMimeTypes: ['text/csv', 'application/json'],
        realtimeInstanceTypes: [props.endpoint?.instanceType ?? InstanceType.ML_M5_XLARGE],
        transformInstanceTypes: [InstanceType.ML_M5_XLARGE],
      },
    });
  }

  /** What training runs on: what the image is declared for decides, if nobody else does. */
  private trainingResources({ training, images, algorithm }: ByoAlgorithmProps): TrainingResources {
    const image = images?.training ?? algorithm?.specification?.images.training;
    const isForGpu = image?.processor === Processor.GPU;
    return (
      training?.resources ?? TrainingResources.of(isForGpu ? InstanceType.ML_G5_XLARGE : InstanceType.ML_M5_XLARGE)
    );
  }

  private train(props: ByoAlgorithmProps, algorithm: IAlgorithm): TrainingJob {
    return new TrainingJob(this, 'Training', {
      ...props.training,
      ...props.network,
      networkIsolation: props.networkIsolation,
      algorithm,
      inputs: props.inputs,
      resources: this.trainingResources(props),
    });
  }

  private version({ registry }: ByoAlgorithmProps): ModelPackage {
    return new ModelPackage(this, 'Version', {
      ...registry,
      approvalStatus: registry?.approvalStatus ?? ModelApprovalStatus.APPROVED,
      group: this.modelPackageGroup,
      algorithm: this.algorithm,
      modelData: this.modelData,
    });
  }

  /** A version that nobody has approved is registered, and not hosted. */
  private modelOf({ hosting, network, networkIsolation }: ByoAlgorithmProps): Model | undefined {
    const { modelPackage } = this;
    const status = modelPackage?.approvalStatus ?? ModelApprovalStatus.APPROVED;
    if (status !== ModelApprovalStatus.APPROVED) return undefined;
    return new Model(this, 'Model', { ...hosting, ...network, networkIsolation, modelPackage });
  }

  private configure(options: ByoEndpointOptions, model: IModel): EndpointConfig {
    const { instanceType, instanceCount, dataCapture, asyncInference, encryptionKey } = options;
    return new EndpointConfig(this, 'Config', {
      variants: [ProductionVariant.instances('main', { model, instanceType, instanceCount })],
      dataCapture,
      asyncInference,
      encryptionKey,
    });
  }

  private host(options: ByoEndpointOptions, config: EndpointConfig): Endpoint {
    const { endpointName, enabled, logs = {}, alarms: hasAlarms = true, alarmActions: actions } = options;
    const { deployment = policyFor(options) } = options;
    const endpoint = new Endpoint(this, 'Endpoint', {
      endpointConfig: config,
      endpointName,
      deployment,
      enabled,
      logs,
    });
    const variant = endpoint.variant('main');
    if (hasAlarms) {
      this.alarms.push(
        variant.createErrorAlarm('Errors', { actions }),
        variant.createModelErrorAlarm('ModelErrors', { actions }),
      );
      this.alarms.forEach((alarm) => endpoint.addRollbackAlarm(alarm));
    }
    if (options.scaling !== undefined) scale(variant, options.scaling, options.asyncInference !== undefined);
    return endpoint;
  }
}

/** By the requests that come; where they wait, as many may wait as an instance answers in a minute. */
function scale(variant: EndpointVariant, options: ByoScalingOptions, isAsync: boolean): void {
  const { minCapacity, maxCapacity, ...policy } = options;
  const scaling = variant.autoScale({ minCapacity, maxCapacity });
  if (!isAsync) return scaling.scaleOnInvocations('Invocations', policy);
  const { maxRequestsPerSecond, safetyFactor = 0.5, ...speed } = policy;
  scaling.scaleOnBacklog('Backlog', {
    targetBacklogPerInstance: maxRequestsPerSecond * SECONDS_A_MINUTE * safetyFactor,
    ...speed,
  });
}

const SECONDS_A_MINUTE = 60;

/** One instance cannot be moved in parts, and nobody would notice a canary without alarms. */
function policyFor({ instanceCount = 1, alarms = true }: ByoEndpointOptions): DeploymentPolicy | undefined {
  if (!alarms) return undefined;
  const hasSeveral = isKnown(instanceCount) && instanceCount > 1;
  return hasSeveral ? DeploymentPolicy.canary() : DeploymentPolicy.allAtOnce({ bakeTime: Duration.minutes(5) });
}

/** What says something of a stage, and has no use where that stage or a later one is given ready. */
type Property = keyof ByoAlgorithmProps;
const DECLARATIONS: Property[] = ['images', 'channels', 'hyperparameters', 'metrics', 'objectives', 'inference'];
const TRAINING: Property[] = ['inputs', 'training'];
const UNUSED: [Property, Property[]][] = Object.entries({
  model: [
    'modelPackage',
    'modelData',
    'algorithm',
    ...DECLARATIONS,
    ...TRAINING,
    'registry',
    'hosting',
    'network',
    'networkIsolation',
  ],
  modelPackage: ['modelData', 'algorithm', ...DECLARATIONS, ...TRAINING, 'registry'],
  modelData: TRAINING,
  algorithm: DECLARATIONS,
}) as [Property, Property[]][];

/** @throws one error that lists what is missing, and what a stage that is given leaves without use */
function checkByo(scope: Construct, props: ByoAlgorithmProps): void {
  const errors = new ValidationErrors(`Algorithm ${scope.node.path}`);
  for (const [ready, unused] of UNUSED) {
    if (props[ready] === undefined) continue;
    for (const property of unused) {
      errors.when(
        props[property] !== undefined,
        `\`${property}\` has no use: \`${ready}\` is given ready, which leaves the earlier stages out`,
      );
    }
    // What is earlier has been told by now.
    if (ready === 'model' || ready === 'modelPackage') return errors.throwIfAny();
  }
  const { algorithm, images, channels, modelData, inputs } = props;
  errors.when(
    algorithm === undefined && images === undefined,
    '`images` must be given, or a stage that is ready: `algorithm`, `modelPackage` or `model`',
  );
  errors.when(
    algorithm === undefined && channels === undefined,
    '`channels` must be given: an algorithm declares what it reads',
  );
  errors.when(
    modelData === undefined && inputs === undefined,
    '`inputs` must be given: training reads them. Or give `modelData`',
  );
  errors.throwIfAny();
}
