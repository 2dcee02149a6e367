import { Duration, type aws_cloudwatch as cloudwatch, type aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Algorithm, type IAlgorithm } from '../algorithm/algorithm';
import { InstanceType } from '../common/instance-type';
import type { ModelData } from '../common/model-data';
import { TrainingOutput } from '../common/training-output';
import { TrainingResources } from '../common/training-resources';
import { DeploymentPolicy } from '../hosting/endpoint/deployment-policy';
import { Endpoint } from '../hosting/endpoint/endpoint';
import { EndpointConfig } from '../hosting/endpoint-config/endpoint-config';
import type { EndpointVariant } from '../hosting/endpoint/endpoint-variant';
import { type IModel, Model } from '../hosting/model/model';
import { ProductionVariant } from '../hosting/endpoint-config/production-variant';
import { newArtifactBucket } from '../private/artifact-bucket';
import { ValidationErrors, isKnown } from '../private/validation';
import { ModelApprovalStatus } from '../registry/model-package/model-approval-status';
import { ModelPackage } from '../registry/model-package/model-package';
import type { IModelPackage } from '../registry/model-package/model-package-base';
import { type IModelPackageGroup, ModelPackageGroup } from '../registry/model-package-group';
import { TrainingJob } from '../training/training-job';
import type { ByoEndpointOptions, ByoScalingOptions } from './byo-options';
import type { ByoAlgorithmProps } from './byo-algorithm-props';
import { defaultInstanceType } from './default-instance-types';

/**
 * The lifecycle of an algorithm in a container: the algorithm, its training job, and its registered model on an
 * endpoint with alarms.
 *
 * Each stage is available as a property. An existing resource of a stage can be specified, which omits the earlier stages.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms.html
 *
 * @example
 * import { aws_s3 as s3 } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const bucket: s3.IBucket;
 *
 * new sagemaker.ByoAlgorithm(this, 'Churn', {
 *   images: sagemaker.AlgorithmImages.combined(sagemaker.ContainerImage.fromAsset('container')),
 *   channels: [sagemaker.Channel.file('train')],
 *   inputs: { train: sagemaker.TrainingInput.fromBucket(bucket, 'churn/train/') },
 *   endpoint: { instanceType: sagemaker.InstanceType.ML_M5_LARGE, instanceCount: 2 },
 * });
 */
export class ByoAlgorithm extends Construct {
  /** The algorithm; undefined if a model package or model is specified. */
  public readonly algorithm?: IAlgorithm;

  /** The training job; undefined if existing model data, a model package or a model is specified. */
  public readonly trainingJob?: TrainingJob;

  /** The model data; undefined if a model package or model is specified. */
  public readonly modelData?: ModelData;

  /** The model package group; undefined if a model package or model is specified. */
  public readonly modelPackageGroup?: IModelPackageGroup;

  /** The model package; undefined if a model is specified. */
  public readonly modelPackage?: IModelPackage;

  /** The model; undefined if the model package is not approved. */
  public readonly model?: IModel;

  /** The endpoint configuration; undefined if there is no endpoint. */
  public readonly endpointConfig?: EndpointConfig;

  /** The endpoint; undefined if `endpoint` is not specified or the model package is not approved. */
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
    const options = withKey(props.endpoint, props.encryptionKey);
    this.endpointConfig = this.configure(options, this.model);
    this.endpoint = this.host(options, this.endpointConfig);
  }

  private register(props: ByoAlgorithmProps): Algorithm {
    const { images, channels, hyperparameters, metrics, objectives, provisioning } =
      props as Required<ByoAlgorithmProps>;
    const { instanceTypes, instanceCount } = this.trainingResources(props);
    return new Algorithm(this, 'Algorithm', {
      images: images._verified,
      channels,
      hyperparameters,
      metrics,
      objectives,
      provisioning,
      trainingInstanceTypes: instanceTypes,
      supportsDistributedTraining: isKnown(instanceCount) ? instanceCount > 1 : true,
      inference: props.inference ?? {
        contentTypes: ['text/csv', 'application/json'],
        responseMimeTypes: ['text/csv', 'application/json'],
        realtimeInstanceTypes: listOf(
          props.endpoint?.instanceType ?? defaultInstanceType('realtime', images.inference),
        ),
        transformInstanceTypes: listOf(defaultInstanceType('transform', images.inference)),
      },
    });
  }

  /** The training resources, which by default depend on the processor of the image. */
  private trainingResources({ training, images, algorithm, encryptionKey }: ByoAlgorithmProps): TrainingResources {
    if (training?.resources !== undefined) return training.resources;
    const image = images?.training ?? algorithm?.specification?.images.training;
    const type = defaultInstanceType('training', image) ?? InstanceType.ML_M5_XLARGE;
    return TrainingResources.of(type, { volumeEncryptionKey: keyFor(encryptionKey, type) });
  }

  private train(props: ByoAlgorithmProps, algorithm: IAlgorithm): TrainingJob {
    return new TrainingJob(this, 'Training', {
      ...props.training,
      ...props.network,
      networkIsolation: props.networkIsolation,
      algorithm,
      inputs: props.inputs,
      resources: this.trainingResources(props),
      output: props.training?.output ?? this.encryptedOutput(props),
    });
  }

  /** The output in a bucket with the customer managed key. Without a key, the training job creates the bucket. */
  private encryptedOutput({ encryptionKey }: ByoAlgorithmProps): TrainingOutput | undefined {
    return (
      encryptionKey && TrainingOutput.toBucket(newArtifactBucket(this, encryptionKey), 'training', { encryptionKey })
    );
  }

  private version({ registry, encryptionKey }: ByoAlgorithmProps): ModelPackage {
    return new ModelPackage(this, 'Version', {
      ...registry,
      approvalStatus: registry?.approvalStatus ?? ModelApprovalStatus.APPROVED,
      group: this.modelPackageGroup,
      algorithm: this.algorithm,
      modelData: this.modelData,
      encryptionKey,
    });
  }

  /** A version is hosted only if it is approved. */
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
    const { deployment = defaultPolicy(options) } = options;
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

/** A customer managed key, unless the local storage of an instance type excludes it. */
function keyFor(key: kms.IKey | undefined, { hasLocalStorage }: InstanceType): kms.IKey | undefined {
  return hasLocalStorage === true ? undefined : key;
}

function withKey(options: ByoEndpointOptions, key?: kms.IKey): ByoEndpointOptions {
  const { instanceType, encryptionKey = keyFor(key, instanceType), logs } = options;
  return { ...options, encryptionKey, logs: { encryptionKey: key, ...logs } };
}

function listOf<T>(item: T | undefined): T[] | undefined {
  return item === undefined ? undefined : [item];
}

/**
 * Scales on invocations, or on a backlog of the requests that an instance processes in a minute if inference is
 * asynchronous.
 */
function scale(variant: EndpointVariant, options: ByoScalingOptions, isAsync: boolean): void {
  const { minCapacity, maxCapacity, ...policy } = options;
  const scaling = variant.autoScale({ minCapacity, maxCapacity });
  if (!isAsync) return scaling.scaleOnInvocations('Invocations', policy);
  const { maxRequestsPerSecond, safetyFactor = 0.5, ...tracking } = policy;
  scaling.scaleOnBacklog('Backlog', {
    targetBacklogPerInstance: maxRequestsPerSecond * SECONDS_PER_MINUTE * safetyFactor,
    ...tracking,
  });
}

const SECONDS_PER_MINUTE = 60;

/** Traffic of a single instance cannot shift gradually, and a canary without alarms has no benefit. */
function defaultPolicy({ instanceCount = 1, alarms = true }: ByoEndpointOptions): DeploymentPolicy | undefined {
  if (!alarms) return undefined;
  const hasSeveral = isKnown(instanceCount) && instanceCount > 1;
  return hasSeveral ? DeploymentPolicy.canary() : DeploymentPolicy.allAtOnce({ bakeTime: Duration.minutes(5) });
}

type Property = keyof ByoAlgorithmProps;
const DECLARATIONS: Property[] = ['images', 'channels', 'hyperparameters', 'metrics', 'objectives', 'inference'];
const TRAINING: Property[] = ['inputs', 'training'];

/** The properties that must not be specified with an existing resource, because they define its stage or an earlier one. */
const EXCLUDED_PROPERTIES: [Property, Property[]][] = Object.entries({
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

/** @throws an error that lists all missing properties, and all properties that an existing resource excludes */
function checkByo(scope: Construct, props: ByoAlgorithmProps): void {
  const errors = new ValidationErrors(`Algorithm ${scope.node.path}`, 'algorithms');
  errors.requireTypes('ByoAlgorithmProps', props);
  for (const [existing, excluded] of EXCLUDED_PROPERTIES) {
    if (props[existing] === undefined) continue;
    for (const property of excluded) {
      errors.when(
        props[property] !== undefined,
        `\`${property}\` must not be specified with \`${existing}\`, which omits the earlier stages`,
      );
    }
    // These omit the stages whose properties are required below.
    if (existing === 'model' || existing === 'modelPackage') return errors.throwIfAny();
  }
  const { algorithm, images, channels, modelData, inputs } = props;
  errors.when(
    algorithm === undefined && images === undefined,
    '`images` are required unless `algorithm`, `modelPackage` or `model` is specified',
  );
  errors.when(
    algorithm === undefined && channels === undefined,
    '`channels` are required unless `algorithm`, `modelPackage` or `model` is specified',
  );
  errors.when(
    modelData === undefined && inputs === undefined,
    '`inputs` are required unless `modelData`, `modelPackage` or `model` is specified',
  );
  errors.throwIfAny();
}
