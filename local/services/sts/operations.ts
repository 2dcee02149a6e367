import type { Context } from '../context';
import type { QueryOperations } from '../wire/query';

export const STS_NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** AWS STS: everybody is the one user of the one account. */
export function stsOperations(context: Context): QueryOperations {
  const identity = { UserId: 'LOCAL', Account: context.account, Arn: `arn:aws:iam::${context.account}:user/local` };
  return {
    GetCallerIdentity: () => identity,
    AssumeRole: (parameters) => ({
      Credentials: {
        AccessKeyId: 'local',
        SecretAccessKey: 'local',
        SessionToken: 'local',
        Expiration: new Date(Date.now() + 3_600_000).toISOString(),
      },
      AssumedRoleUser: { AssumedRoleId: 'LOCAL:local', Arn: parameters.need('RoleArn') },
    }),
  };
}
