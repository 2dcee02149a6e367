import type { Context } from '../context';
import type { QueryOperations } from '../wire/query';

/** Every caller is the only user of the only account. */
export function stsOperations({ account }: Context): QueryOperations {
  return {
    GetCallerIdentity: () => ({ UserId: 'LOCAL', Account: account, Arn: `arn:aws:iam::${account}:user/local` }),
    AssumeRole: (parameters) => ({
      Credentials: {
        AccessKeyId: 'local',
        SecretAccessKey: 'local',
        SessionToken: 'local',
        Expiration: new Date(Date.now() + 3_600_000).toISOString(),
      },
      AssumedRoleUser: { AssumedRoleId: 'LOCAL:local', Arn: parameters.required('RoleArn') },
    }),
  };
}
