import {
  Aws,
  CfnMapping,
  Stack,
  Token,
  type aws_ecr as ecr,
  aws_iam as iam,
  region_info as regionInfo,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { IMAGE } from '../private/grants';
import { PseudoParameterString } from '../private/pseudo-parameter-string';
import { RuleError } from '../private/rules';
import { collectingGrantee, reportUnlessGranted } from '../private/unapplied-grant';
import { partsOfUri } from './ecr-uri';
import type { ContainerImageConfig, EcrImageOptions, EcrImageReference } from './image-options';
import type { FoundImage } from './provided-images';

/** The registry of a provided image: literal values if the region is known, a lookup in a CloudFormation mapping otherwise. */
export function registryOf(
  scope: Construct,
  { accounts, table, repository }: FoundImage,
): { account: string; host: string } {
  const stack = Stack.of(scope);
  const { region } = stack;
  if (Token.isUnresolved(region)) {
    const existing = stack.node.tryFindChild(table) as CfnMapping | undefined;
    const mapping = Object.fromEntries(Object.entries(accounts).map(([name, account]) => [name, { account }]));
    const map = existing ?? new CfnMapping(stack, table, { mapping });
    return { account: map.findInMap(Aws.REGION, 'account'), host: `ecr.${Aws.REGION}.${Aws.URL_SUFFIX}` };
  }
  const account = accounts[region] ?? deepLearningAccount(region, accounts);
  if (account === undefined) {
    const regions = Object.keys(accounts).sort().join(', ');
    throw new RuleError(
      'images',
      `Provided image ${repository} does not exist in region ${region}, only in: ${regions}.`,
    );
  }
  return { account, host: ecrDomain(region) };
}

/** The domain of the registries of a region, without the part for the account. */
export function ecrDomain(region: string): string {
  return `ecr.${region}.${regionInfo.RegionInfo.get(region).domainSuffix ?? 'amazonaws.com'}`;
}

/** The account of the deep learning containers in a region that only the CDK knows. */
function deepLearningAccount(region: string, accounts: FoundImage['accounts']): string | undefined {
  const { dlcRepositoryAccount } = regionInfo.RegionInfo.get('us-east-1');
  const isDeepLearningContainer = accounts['us-east-1'] === dlcRepositoryAccount;
  return isDeepLearningContainer ? regionInfo.RegionInfo.get(region).dlcRepositoryAccount : undefined;
}

/** A repository, by default in the account and the region of the stack. */
export interface RepositoryLocation {
  readonly account?: string;
  readonly region?: string;
  readonly repository: string;

  /** Whether AWS provides the images, which every account may pull. */
  readonly isProvidedByAws?: boolean;
}

export function repositoryArn(scope: Construct, { repository, account, region }: RepositoryLocation): string {
  return Stack.of(scope).formatArn({
    service: 'ecr',
    account,
    region,
    resource: 'repository',
    resourceName: repository,
  });
}

/** Grants permission to pull the images of a repository. */
export function grantPull(scope: Construct, grantee: iam.IGrantable, location: RepositoryLocation): void {
  const grant = iam.Grant.addToPrincipal({
    grantee,
    actions: [...IMAGE.pull],
    resourceArns: [repositoryArn(scope, location)],
  });
  if (location.isProvidedByAws !== true) reportUnlessPulled(scope, { grant, grantee }, location.repository);
  // GetAuthorizationToken does not support resource-level permissions.
  iam.Grant.addToPrincipal({ grantee, actions: [...IMAGE.authenticate], resourceArns: ['*'] });
}

/** The reference to an image by its URI, which a principal gets permission to pull. */
export function bindUri(
  scope: Construct,
  imageUri: string,
  options: { readonly isProvidedByAws: boolean; readonly pullThroughCache?: boolean },
  grantee?: iam.IGrantable,
): ContainerImageConfig {
  const { host, account, region, repository, tag, digest } = partsOfUri(imageUri);
  if (repository === undefined) {
    // The repository of a token is only known at deployment.
    const collector = grantee && collectingGrantee(grantee);
    collector?.addMissing('pull an image whose URI is a token', 'Grant it in the policy of the repository');
    return { imageUri };
  }
  const location = { account, region, repository };
  const arn = repositoryArn(scope, location);
  if (grantee !== undefined) grantPull(scope, grantee, { ...location, isProvidedByAws: options.isProvidedByAws });
  if (grantee !== undefined && options.pullThroughCache === true) grantImport(grantee, arn);
  return {
    imageUri,
    ecrImage: {
      repositoryUri: `${host}/${repository}`,
      repositoryName: repository,
      repositoryArn: arn,
      registryId: account,
      imageTag: digest === undefined ? (tag ?? 'latest') : undefined,
      imageDigest: digest,
    },
  };
}

/** Grants permission to pull the images of a repository, whose policy is changed for a principal of another account. */
export function grantPullOf(scope: Construct, grantee: iam.IGrantable, repository: ecr.IRepository): void {
  const grant = repository.grantPull(grantee);
  reportUnlessPulled(scope, { grant, grantee }, repository.repositoryName, repository);
}

function reportUnlessPulled(
  scope: Construct,
  granted: { readonly grant: iam.Grant; readonly grantee: iam.IGrantable },
  name: string,
  resource?: ecr.IRepository,
): void {
  reportUnlessGranted(scope, {
    ...granted,
    resource,
    permission: `pull images of ${Token.isUnresolved(name) ? 'the repository' : `repository ${name}`}`,
    remedy:
      'Grant it in the policy of the repository, or use a repository that this app creates with ContainerImage.fromEcrRepository()',
  });
}

/** Grants permission to import the images of a repository from its upstream registry, and to create the repository for them. */
export function grantImport(grantee: iam.IGrantable, arnOfRepository: string): void {
  iam.Grant.addToPrincipal({ grantee, actions: [...IMAGE.importUpstream], resourceArns: [arnOfRepository] });
}

/** The URI of an image in a repository, in which the CDK always has a token for the domain. Undefined if it is not known at synthesis. */
export function knownUri(
  { env: { account, region }, repositoryName }: ecr.IRepository,
  { imageTag, imageDigest }: Pick<EcrImageReference, 'imageTag' | 'imageDigest'>,
): string | undefined {
  const version = imageDigest === undefined ? `:${imageTag}` : `@${imageDigest}`;
  const uri = `${account}.dkr.${ecrDomain(region)}/${repositoryName}${version}`;
  return Token.isUnresolved(uri) ? undefined : uri;
}

/** The URI of an image in a repository. */
export function uriIn(repository: ecr.IRepository, { tag, digest }: Pick<EcrImageOptions, 'tag' | 'digest'>): string {
  const uri = digest === undefined ? repository.repositoryUriForTag(tag) : repository.repositoryUriForDigest(digest);
  return PseudoParameterString.of(repository.stack, uri);
}

/** The reference to an image in a repository. */
export function ofRepository(
  repository: ecr.IRepository,
  image: Pick<EcrImageReference, 'imageTag' | 'imageDigest'>,
): EcrImageReference {
  const { repositoryUri, repositoryName, repositoryArn } = repository;
  return { repositoryUri, repositoryName, repositoryArn, registryId: repository.env.account, ...image };
}
