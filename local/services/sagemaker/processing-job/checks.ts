import { parseS3Uri } from '../../../aws-model/s3-uri';
import { validationError } from '../../../aws-model/service-error';
import { notSupported } from '../../../aws-model/not-supported';
import { PATHS } from '../../../contract';
import type { Buckets } from '../../s3';
import { objectsOf } from '../data/data-sources';
import type { ProcessingJobInput } from './processing-job';

type Input = NonNullable<ProcessingJobInput['ProcessingInputs']>[number];
type Output = NonNullable<NonNullable<ProcessingJobInput['ProcessingOutputConfig']>['Outputs']>[number];

/** Validates a processing job before anything starts. */
export function checkProcessingJob(s3: Buckets, input: ProcessingJobInput): void {
  const inputs = input.ProcessingInputs ?? [];
  const outputs = input.ProcessingOutputConfig?.Outputs ?? [];
  checkNames(
    'input',
    inputs.map(({ InputName }) => InputName),
  );
  checkNames(
    'output',
    outputs.map(({ OutputName }) => OutputName),
  );
  checkCluster(input);
  inputs.forEach((one) => checkInput(s3, one));
  outputs.forEach((one) => checkOutput(s3, one));
}

function checkNames(kind: string, names: (string | undefined)[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw validationError(`The name of each processing ${kind} must be unique, got: ${twice}`);
}

/** Either one instance type or several preferred ones are required, with one count for all of them or one for each. */
function checkCluster({ ProcessingResources }: ProcessingJobInput): void {
  const {
    InstanceType: type,
    InstanceCount: count,
    InstancePreferences: preferred,
  } = ProcessingResources?.ClusterConfig ?? {};
  if ((type === undefined) === (preferred === undefined))
    throw validationError('Exactly one of InstanceType and InstancePreferences is required.');
  const counts = (preferred ?? []).filter(({ InstanceCount }) => InstanceCount !== undefined).length;
  const isPartial = counts > 0 && (counts < (preferred?.length ?? 0) || count !== undefined);
  if (isPartial) {
    throw validationError(
      'InstanceCount must be set for the job, or for all of InstancePreferences, and not for both or for some of them.',
    );
  }
}

function checkInput(s3: Buckets, { InputName, S3Input: source, DatasetDefinition, AppManaged }: Input): void {
  const ensure = ensureFor(`Processing input ${InputName}`);
  ensure(
    (source === undefined) !== (DatasetDefinition === undefined),
    'exactly one of S3Input and DatasetDefinition is required.',
  );
  ensure(DatasetDefinition === undefined, notSupported('sagemaker', 'DatasetDefinition'));
  ensure(source?.S3InputMode !== 'Pipe', notSupported('sagemaker', 'Pipe mode, whose file names are not documented'));
  ensure(source?.S3CompressionType !== 'Gzip', 'S3CompressionType Gzip requires Pipe mode.');
  if (source === undefined || AppManaged === true) return;
  ensure(isInProcessingDirectory(source.LocalPath), localPathRule(source.LocalPath));
  objectsOf(s3, source);
}

function checkOutput(s3: Buckets, { OutputName, S3Output: target, FeatureStoreOutput, AppManaged }: Output): void {
  const ensure = ensureFor(`Processing output ${OutputName}`);
  ensure(
    (target === undefined) !== (FeatureStoreOutput === undefined),
    'exactly one of S3Output and FeatureStoreOutput is required.',
  );
  ensure(FeatureStoreOutput === undefined, notSupported('sagemaker', 'FeatureStoreOutput'));
  if (target === undefined || AppManaged === true) return;
  ensure(isInProcessingDirectory(target.LocalPath), localPathRule(target.LocalPath));
  const { bucket } = parseS3Uri(target.S3Uri);
  ensure(s3.isWritable(bucket), `the bucket of "${target.S3Uri}" does not exist or is read-only.`);
}

function ensureFor(subject: string): (condition: boolean, rule: string) => void {
  return (condition, rule) => {
    if (!condition) throw validationError(`${subject}: ${rule}`);
  };
}

function localPathRule(localPath: string | undefined): string {
  return `LocalPath is required, and must start with ${PATHS.processing}/, got: "${localPath ?? ''}"`;
}

function isInProcessingDirectory(localPath = ''): boolean {
  const isBelow = localPath.startsWith(`${PATHS.processing}/`) && localPath.length > `${PATHS.processing}/`.length;
  return isBelow && !localPath.split('/').includes('..');
}
