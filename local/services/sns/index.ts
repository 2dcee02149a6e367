import type { Context } from '../context';
import type { ResourcePolicies } from '../iam';
import type { Service } from '../service';
import type { Notifications } from './notifications';
import { snsResourceTypes } from './resources';

export { Notifications } from './notifications';

/** Amazon SNS, whose topics other services publish to; its API is not emulated. */
export function sns(context: Context, notifications: Notifications, policies: ResourcePolicies): Service {
  return { signingName: 'sns', resourceTypes: snsResourceTypes(context, notifications, policies) };
}
