import { Aws, CfnMapping, Stack, Token, aws_iam as iam, region_info as regionInfo } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { IMAGE } from '../private/grants';
import type { FoundImage } from './provided-images';

/** The registry of the images of a table: a literal where the region is known, and otherwise one mapping for each table. */
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
  const account = accounts[region] ?? knownToCdk(region, accounts);
  if (account === undefined) {
    const regions = Object.keys(accounts).sort().join(', ');
    throw new Error(`Provided image ${repository}: there is none in region ${region}, only in: ${regions}.`);
  }
  return { account, host: `ecr.${region}.${regionInfo.RegionInfo.get(region).domainSuffix ?? 'amazonaws.com'}` };
}

/** Where the CDK knows a region of the deep learning containers before this library does. */
function knownToCdk(region: string, accounts: FoundImage['accounts']): string | undefined {
  const { dlcRepositoryAccount: usual } = regionInfo.RegionInfo.get('us-east-1');
  return accounts['us-east-1'] === usual ? regionInfo.RegionInfo.get(region).dlcRepositoryAccount : undefined;
}

/** Where a repository is; the account and the region of the stack, where nothing is said. */
export interface RepositoryPlace {
  readonly account?: string;
  readonly region?: string;
  readonly repository: string;
}

export function repositoryArn(scope: Construct, { repository, ...place }: RepositoryPlace): string {
  return Stack.of(scope).formatArn({
    service: 'ecr',
    ...place,
    resource: 'repository',
    resourceName: repository,
  });
}

/** Lets a principal pull the images of a repository, and of no other. */
export function grantPullOf(scope: Construct, grantee: iam.IGrantable, place: RepositoryPlace): void {
  iam.Grant.addToPrincipal({
    grantee,
    actions: [...IMAGE.pull],
    resourceArns: [repositoryArn(scope, place)],
  });
  // GetAuthorizationToken knows no resources.
  iam.Grant.addToPrincipal({ grantee, actions: [...IMAGE.authenticate], resourceArns: ['*'] });
}
