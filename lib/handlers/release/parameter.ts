import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { describeVersion } from '../shared/registry';
import { type Deadline, isTemporary, retry } from '../shared/retry';
import type { Release } from '../release-contract';
import type { Dependencies } from './dependencies';
import { NONE } from './world';

/**
 * Creates the parameter if it does not exist, and never overwrites it: the value of an existing one is what the hosting stack has
 * released.
 */
export async function ensureParameter(release: Release, dependencies: Dependencies, deadline: Deadline): Promise<void> {
  const { ParameterName: Name, Group } = release;
  const value = await retry(dependencies, deadline, isTemporary, () => createOrRead(Name, dependencies));
  if (value === NONE) return;
  const [, group] = /:model-package\/([^/]+)\/\d+$/.exec(value) ?? [];
  if (group?.toLowerCase() === Group.toLowerCase()) {
    const version = await retry(dependencies, deadline, isTemporary, () =>
      describeVersion(value, dependencies.sagemaker),
    );
    if (version?.isApproved === true) return;
  }
  throw new Error(
    `The SSM parameter ${Name} exists with the value "${value}", which is neither "${NONE}" nor an approved version of the model package ` +
      `group ${Group}. Specify another \`parameterName\`, or set the parameter to "${NONE}" or to an approved version.`,
  );
}

async function createOrRead(Name: string, { ssm }: Dependencies): Promise<string> {
  try {
    const Description = 'The ARN of the model package version that is released. Written by continuous deployment.';
    await ssm.send(new PutParameterCommand({ Name, Value: NONE, Type: 'String', Description, Overwrite: false }));
    return NONE;
  } catch (error) {
    if ((error as Error).name !== 'ParameterAlreadyExists') throw error;
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
    return Parameter?.Value ?? NONE;
  }
}
