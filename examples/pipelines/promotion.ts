import { type Environment, type Stack, aws_ecr as ecr } from 'aws-cdk-lib';

/** The account and the region of a stage. */
export type Placement = Required<Environment>;

/** The repository of the images in the tooling account. */
export const IMAGES = 'breast-cancer';

/** The model package group in the development account. */
export const GROUP = 'breast-cancer-promoted';

/** The beginning of the object keys of the model artifacts. */
export const PREFIX = 'breast-cancer';

/** The SSM parameters of the production account: the version that is hosted, and the KMS key of its model artifact. */
export const VERSION_PARAMETER = '/breast-cancer/version';
export const KEY_PARAMETER = '/breast-cancer/key';

/** The role in the production account with which the pipeline writes the parameters. */
export const RELEASE_ROLE = 'breast-cancer-release';

/** The bucket of the model artifacts. Its name is known in both accounts. */
export function artifactBucketName(account: string): string {
  return `breast-cancer-models-${account}`;
}

/** The repository of the tooling account, in a stack of another account. */
export function importImages(stack: Stack, toolingAccount: string): ecr.IRepository {
  const arn = stack.formatArn({
    partition: 'aws',
    service: 'ecr',
    account: toolingAccount,
    resource: 'repository',
    resourceName: IMAGES,
  });
  return ecr.Repository.fromRepositoryArn(stack, 'Images', arn);
}
