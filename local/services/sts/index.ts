import type { Context } from '../context';
import type { Permissions } from '../iam';
import type { Service } from '../service';
import { STS_ACCESS } from './access';
import { stsOperations } from './operations';

/** AWS Security Token Service. */
export function sts(context: Context, permissions: Permissions): Service {
  return {
    signingName: 'sts',
    api: {
      protocol: 'query',
      namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
      operations: stsOperations(context, permissions),
      access: STS_ACCESS,
    },
  };
}
