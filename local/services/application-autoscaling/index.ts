import type { Alarms } from '../cloudwatch';
import type { Context } from '../context';
import type { Service } from '../service';
import type { CallSageMaker } from './dimensions';
import { applicationAutoScalingAccess } from './access';
import { applicationAutoScalingOperations } from './operations';
import { ScalingPolicies } from './policies';
import { applicationAutoScalingResourceTypes } from './resources';
import { ScheduledActions } from './scheduled-actions';
import { ScalableTargets } from './targets';

interface ApplicationAutoScalingServices {
  readonly context: Context;
  readonly alarms: Alarms;
  readonly callSageMaker: CallSageMaker;
}

/** Application Auto Scaling of the capacities of SageMaker. */
export function applicationAutoScaling({ context, alarms, callSageMaker }: ApplicationAutoScalingServices): Service {
  const targets = new ScalableTargets(context, callSageMaker);
  const policies = new ScalingPolicies(context, alarms, targets);
  const scheduledActions = new ScheduledActions(context, targets);
  const scaling = { targets, policies, scheduledActions };
  return {
    signingName: 'application-autoscaling',
    api: {
      protocol: 'json',
      operations: applicationAutoScalingOperations(scaling),
      access: applicationAutoScalingAccess(context, targets),
    },
    resourceTypes: applicationAutoScalingResourceTypes(scaling),
    resume: () => void scheduledActions.run(),
    close: () => scheduledActions.close(),
  };
}
