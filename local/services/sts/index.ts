import type { Context } from '../context';
import type { Service } from '../service';
import { stsOperations } from './operations';

/** AWS Security Token Service. */
export function sts(context: Context): Service {
  return {
    signingName: 'sts',
    api: {
      protocol: 'query',
      namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
      operations: stsOperations(context),
    },
  };
}
