import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { describeVersion } from '../shared/registry';
import { type Deadline, isTemporary, retry } from '../shared/retry';
import type { Release } from '../release-contract';
import type { Dependencies } from './dependencies';
import { NONE } from './world';

/**
 * Creates the parameters that do not exist, and never overwrites them: the values of existing ones are what the hosting stack serves.
 */
export async function ensureParameters(
  release: Release,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<void> {
  const { ParameterName, ShadowTest, Group } = release;
  const released = await createOrRead(ParameterName, 'that is released', dependencies, deadline);
  const isApproved = async (arn: string): Promise<boolean> => {
    const version = await retry(dependencies, deadline, isTemporary, () =>
      describeVersion(arn, dependencies.sagemaker),
    );
    return version?.isApproved === true;
  };
  if (released !== NONE && !(isOfGroup(released, Group) && (await isApproved(released)))) {
    throw unusable(ParameterName, released, 'an approved version', release);
  }
  if (ShadowTest === undefined) return;
  const { ParameterName: name } = ShadowTest;
  const tested = await createOrRead(name, 'in the shadow variant', dependencies, deadline);
  // Whether it is still approved is found later: the version is removed from the shadow variant if it is not.
  if (tested !== NONE && !isOfGroup(tested, Group)) throw unusable(name, tested, 'a version', release);
}

function isOfGroup(arn: string, group: string): boolean {
  const [, own] = /:model-package\/([^/]+)\/\d+$/.exec(arn) ?? [];
  return own?.toLowerCase() === group.toLowerCase();
}

function unusable(name: string, value: string, kind: string, { Group }: Release): Error {
  return new Error(
    `The SSM parameter ${name} exists with the value "${value}", which is neither "${NONE}" nor ${kind} of the model package ` +
      `group ${Group}. Specify another \`parameterName\`, or set the parameter to "${NONE}" or to ${kind}.`,
  );
}

async function createOrRead(
  Name: string,
  which: string,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<string> {
  const { ssm } = dependencies;
  const Description = `The ARN of the model package version ${which}. Written by continuous deployment.`;
  return retry(dependencies, deadline, isTemporary, async () => {
    try {
      await ssm.send(new PutParameterCommand({ Name, Value: NONE, Type: 'String', Description, Overwrite: false }));
      return NONE;
    } catch (error) {
      if ((error as Error).name !== 'ParameterAlreadyExists') throw error;
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
      return Parameter?.Value ?? NONE;
    }
  });
}
