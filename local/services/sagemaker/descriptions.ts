import type {
  DescribeEndpointConfigCommandOutput,
  DescribeModelCommandOutput,
  DescribeTransformJobCommandOutput,
} from '@aws-sdk/client-sagemaker';
import api from '../../aws-model/api.json';
import type { Wire } from '../wire/record';
import { TUNING_OBJECTIVE } from './algorithm/hyperparameters';
import { pick } from './pages';
import { type ProcessingJob, instancesOf } from './processing-job/processing-job';
import { isActive } from './running-jobs';
import { modelUri } from './training-job/artifacts';
import type { TrainingJob } from './training-job/training-job';
import { type Definition, type TuningJob, objectiveOf } from './tuning-job/trials';

/** The members that the service returns although the request that created the resource did not have them. */
const FILLED_IN = {
  DescribeTrainingJob: (job: TrainingJob): object => ({
    ...JOB_SWITCHES,
    ProfilingStatus: 'Disabled',
    // A job that fails before it trains ends too.
    ...(isActive(job.TrainingJobStatus)
      ? {}
      : { TrainingEndTime: job.LastModifiedTime, TrainingTimeInSeconds: 0, BillableTimeInSeconds: 0 }),
    ...job,
    ModelArtifacts: job.ModelArtifacts ?? { S3ModelArtifacts: modelUri(job) },
    AlgorithmSpecification: { EnableSageMakerMetricsTimeSeries: false, ...job.AlgorithmSpecification },
    InputDataConfig: job.InputDataConfig?.map((channel) => ({
      CompressionType: 'None',
      RecordWrapperType: 'None',
      ...channel,
    })),
    OutputDataConfig: { KmsKeyId: '', CompressionType: 'GZIP', ...job.OutputDataConfig },
  }),
  DescribeHyperParameterTuningJob: (job: TuningJob): object => {
    const filled = (definition: Definition): object => ({
      ...JOB_SWITCHES,
      ...definition,
      StaticHyperParameters: {
        ...definition.StaticHyperParameters,
        [TUNING_OBJECTIVE]: objectiveOf(job, definition)?.MetricName,
      },
      OutputDataConfig: { KmsKeyId: '', ...definition.OutputDataConfig },
    });
    return {
      ...job,
      HyperParameterTuningJobConfig: { TrainingJobEarlyStoppingType: 'Off', ...job.HyperParameterTuningJobConfig },
      TrainingJobDefinition: job.TrainingJobDefinition && filled(job.TrainingJobDefinition),
      TrainingJobDefinitions: job.TrainingJobDefinitions?.map(filled),
    };
  },
  DescribeTransformJob: (
    job: Pick<
      Partial<Wire<DescribeTransformJobCommandOutput>>,
      'TransformInput' | 'TransformOutput' | 'DataProcessing'
    >,
  ): object => ({
    ...job,
    TransformInput: { CompressionType: 'None', SplitType: 'None', ...job.TransformInput },
    TransformOutput: { AssembleWith: 'None', KmsKeyId: '', ...job.TransformOutput },
    DataProcessing: { InputFilter: '$', OutputFilter: '$', JoinSource: 'None', ...job.DataProcessing },
  }),
  DescribeProcessingJob: (job: ProcessingJob): object => ({
    ...job,
    ProcessingInputs: (job.ProcessingInputs ?? []).map((input) => ({ AppManaged: false, ...input })),
    ProcessingOutputConfig: job.ProcessingOutputConfig && {
      ...job.ProcessingOutputConfig,
      Outputs: job.ProcessingOutputConfig.Outputs?.map((output) => ({ AppManaged: false, ...output })),
    },
    ProcessingResources: {
      ClusterConfig: {
        InstanceCount: 1,
        ...job.ProcessingResources?.ClusterConfig,
        ...selectedInstances(job),
      },
    },
    Environment: job.Environment ?? {},
  }),
  DescribeModel: (model: Partial<Wire<DescribeModelCommandOutput>>): object => {
    const filled = (container: object): object => ({ Mode: 'SingleModel', Environment: {}, ...container });
    return {
      EnableNetworkIsolation: false,
      ...model,
      PrimaryContainer: model.PrimaryContainer && filled(model.PrimaryContainer),
      Containers: model.Containers?.map(filled),
    };
  },
  DescribeEndpointConfig: (config: Partial<Wire<DescribeEndpointConfigCommandOutput>>): object => {
    const filled = (variant: object): object => ({ InitialVariantWeight: 1, ...variant });
    return {
      EnableNetworkIsolation: false,
      ...config,
      ProductionVariants: config.ProductionVariants?.map(filled),
      ShadowProductionVariants: config.ShadowProductionVariants?.map(filled),
    };
  },
  DescribeAlgorithm: (algorithm: object): object => ({ CertifyForMarketplace: false, ...algorithm }),
  DescribeModelPackage: (one: object): object => ({ CertifyForMarketplace: false, ...one }),
  DescribeModelPackageGroup: (group: object): object => group,
  DescribeEndpoint: (endpoint: object): object => endpoint,
  DescribeInferenceComponent: (component: object): object => component,
};

/** The instances of a job with several preferred types, of which the first one always has capacity. */
function selectedInstances({ ProcessingResources }: ProcessingJob): object {
  const cluster = ProcessingResources?.ClusterConfig;
  if (cluster?.InstancePreferences === undefined) return {};
  const { type, count } = instancesOf(cluster);
  return { SelectedInstanceType: type, SelectedInstanceCount: count };
}

const JOB_SWITCHES = {
  EnableNetworkIsolation: false,
  EnableInterContainerTrafficEncryption: false,
  EnableManagedSpotTraining: false,
};

type Describe = keyof typeof FILLED_IN;

/** The output of a Describe operation, with the members of the service model. */
export function describe<D extends Describe>(operation: D, record: Parameters<(typeof FILLED_IN)[D]>[0]): object {
  const fill = FILLED_IN[operation] as (record: object) => object;
  const members = api.descriptions[operation] as never[];
  return pick(fill(record), ...members);
}
