import { advance } from './advance';
import { applicationAutoScaling } from './application-autoscaling';
import { cloudFormation } from './cloudformation';
import { Alarms, Metrics, cloudWatch } from './cloudwatch';
import { consolePage } from './console';
import type { Context } from './context';
import { dynamoDb } from './dynamodb';
import { Repositories, ecr } from './ecr';
import { Delivery, Rules, eventBridge } from './events';
import { fire } from './fire';
import { type Permissions, iam } from './iam';
import { Functions, lambda } from './lambda';
import { Logs, cloudWatchLogs } from './logs';
import { Buckets, s3 } from './s3';
import { sageMaker } from './sagemaker';
import { Schedules, scheduler } from './scheduler';
import type { Service } from './service';
import { Notifications, sns } from './sns';
import { ParameterStore, ssm } from './ssm';
import { StateMachines, stepFunctions } from './step-functions';
import { sts } from './sts';

/** All services: one row each. A service gets the state of the others that it uses. */
export function createServices(context: Context, permissions: Permissions): Service[] {
  const buckets = new Buckets(context);
  const parameters = new ParameterStore(context);
  const repositories = new Repositories(context);
  const logs = new Logs(context.directory);
  const functions = new Functions(context, logs, permissions);
  const stateMachines = new StateMachines(context, functions, permissions);
  const metrics = new Metrics(context);
  const alarms = new Alarms(context, metrics);
  const notifications = new Notifications({ context, logs, functions, permissions });
  const delivery = new Delivery({ functions, stateMachines, notifications, logs });
  const schedules = new Schedules({ context, delivery, logs, permissions });
  const rules = new Rules({ context, delivery, logs, permissions });
  const sagemaker = sageMaker({
    ...{ context, permissions, logs, metrics, alarms, notifications, repositories, s3: buckets },
  });
  const callSageMaker = (operation: string, input: object): unknown =>
    sagemaker.api.operations[operation](input as never);
  const services = [
    s3(context, buckets, permissions.resourcePolicies),
    ssm(parameters),
    dynamoDb(context),
    ecr(context, repositories, permissions.resourcePolicies),
    cloudWatchLogs(context, logs),
    cloudWatch({ context, metrics, alarms, notifications, permissions }),
    sts(context, permissions),
    iam(context, permissions),
    sagemaker,
    sns(context, notifications, permissions.resourcePolicies),
    applicationAutoScaling({ context, alarms, callSageMaker }),
    stepFunctions(stateMachines),
    lambda(functions, buckets, permissions),
    eventBridge(context, rules),
    scheduler(context, schedules),
    fire(() => [...schedules.fireable(), ...rules.fireable()]),
    advance(context.clock),
    consolePage(context),
  ];
  return [
    ...services,
    cloudFormation(context, { buckets, parameters, repositories, functions, permissions, services }),
  ];
}
