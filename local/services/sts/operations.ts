import { ServiceError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import type { Context } from '../context';
import type { Permissions, PolicyDocument } from '../iam';
import type { Parameters, QueryOperations } from '../wire/query';

const DEFAULT_SECONDS = 3600;

export function stsOperations({ account, clock }: Context, permissions: Permissions): QueryOperations {
  return {
    GetCallerIdentity: (_parameters, { arn, userId }) => ({ UserId: userId, Account: account, Arn: arn }),
    AssumeRole: permissions.isEnforced
      ? (parameters) => assumeRole(permissions, parameters)
      : // Without enforcement, the credentials of any role are those of the user.
        (parameters) => ({
          Credentials: {
            AccessKeyId: 'local',
            SecretAccessKey: 'local',
            SessionToken: 'local',
            Expiration: new Date(clock.now() + DEFAULT_SECONDS * 1000).toISOString(),
          },
          AssumedRoleUser: { AssumedRoleId: 'LOCAL:local', Arn: parameters.required('RoleArn') },
        }),
  };
}

function assumeRole(permissions: Permissions, parameters: Parameters): Record<string, unknown> {
  const { roles, sessions } = permissions;
  const role = roles.existing(parameters.required('RoleArn'));
  const name = parameters.required('RoleSessionName');
  if (parameters.list('PolicyArns').length > 0 || parameters.get('PolicyArns.member.1.arn') !== undefined) {
    throw new ServiceError('ValidationError', notSupported('sts', 'PolicyArns of AssumeRole'));
  }
  const seconds = Number(parameters.get('DurationSeconds') ?? DEFAULT_SECONDS);
  if (seconds > role.maxSessionSeconds) {
    throw new ServiceError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
  const policy = parameters.get('Policy');
  const session = sessions.create(
    { roleArn: role.arn, name, policy: policy === undefined ? undefined : (JSON.parse(policy) as PolicyDocument) },
    seconds,
  );
  const { arn, userId } = permissions.callerWith(session.accessKeyId);
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.token,
      Expiration: new Date(session.expiration).toISOString(),
    },
    AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
  };
}
