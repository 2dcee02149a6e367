import { CreateModelPackageCommand, type CreateModelPackageCommandInput } from '@aws-sdk/client-sagemaker';
import { hash } from '../jobs/names';
import { type Deadline, isTemporary, retry } from '../shared/retry';
import type { RegisterInput, RegisterOutput } from '../workflow-contract';
import type { Dependencies } from './dependencies';
import { fill } from './fill';
import { metricKey } from './registered-metric';

/** Registers the model as a version of its group, with its metric and with what made it. The same execution registers one version. */
export async function register(
  input: RegisterInput,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<RegisterOutput> {
  const { Execution, Training, Decision, Metric = '' } = input;
  const request = fill<CreateModelPackageCommandInput>(input.Request, input.Values);
  const command = new CreateModelPackageCommand({
    ...request,
    ClientToken: hash(Execution).slice(0, 36),
    MetadataProperties: { GeneratedBy: Training.TrainingJobArn, ...request.MetadataProperties },
    CustomerMetadataProperties: {
      execution: Execution,
      trainingJob: Training.TrainingJobName ?? '',
      ...(Decision === undefined ? {} : { [metricKey(Metric)]: Decision.Metric }),
      ...request.CustomerMetadataProperties,
    },
    ModelMetrics:
      Decision?.Report === undefined
        ? request.ModelMetrics
        : {
            ModelQuality: { Statistics: { ContentType: 'application/json', S3Uri: Decision.Report } },
            ...request.ModelMetrics,
          },
  });
  const { ModelPackageArn = '' } = await retry(dependencies, deadline, isTemporary, () =>
    dependencies.sagemaker.send(command),
  );
  return { ModelPackageArn };
}
