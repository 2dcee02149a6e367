import { Stack, aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { JobKind } from '../handlers/contract';
import { JOB } from './grants';
import type { JobRequest } from './job-request';

/** A request for a job with inputs, and that for a tuning job with one or several definitions. */
type Request = Pick<Partial<JobRequest<'training'>>, 'InputDataConfig'> &
  Pick<Partial<JobRequest<'tuning'>>, 'TrainingJobDefinition' | 'TrainingJobDefinitions'>;

/**
 * The permissions to list the S3 inputs of a training or tuning job, each limited to the prefix that the job reads. The handler finds the
 * same URIs in the request when it records the inputs, and shares no code with the constructs.
 */
export function listInputs(scope: Construct, request: JobRequest<JobKind>): iam.PolicyStatement[] {
  const { TrainingJobDefinition: single, TrainingJobDefinitions: several = [], ...training } = request as Request;
  const inputs = [training, ...(single === undefined ? [] : [single]), ...several];
  const uris = inputs.flatMap(({ InputDataConfig = [] }) =>
    InputDataConfig.flatMap(({ DataSource }) => DataSource?.S3DataSource?.S3Uri ?? []),
  );
  return [...new Set(uris)].map((uri) => {
    // A token contains no "/".
    const { bucket = '', prefix = '' } = /^s3:\/\/(?<bucket>[^/]+)\/?(?<prefix>.*)$/.exec(uri)?.groups ?? {};
    return new iam.PolicyStatement({
      actions: [...JOB.listInputs],
      resources: [Stack.of(scope).formatArn({ service: 's3', region: '', account: '', resource: bucket })],
      conditions: prefix === '' ? undefined : { StringEquals: { 's3:prefix': prefix } },
    });
  });
}
