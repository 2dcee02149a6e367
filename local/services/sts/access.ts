import type { QueryApi } from '../wire/query';

/** Every caller may find out who it is. */
export const STS_ACCESS: QueryApi['access'] = {
  GetCallerIdentity: () => [],
  AssumeRole: (parameters) => [
    {
      action: 'sts:AssumeRole',
      resource: parameters.get('RoleArn') ?? '',
      keys: {
        'sts:ExternalId': parameters.get('ExternalId'),
        'sts:RoleSessionName': parameters.get('RoleSessionName'),
      },
    },
  ],
};
