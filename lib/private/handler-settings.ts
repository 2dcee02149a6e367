import type { RemovalPolicy, aws_iam as iam, aws_kms as kms, aws_logs as logs } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { RuleError } from './rules';
import type { VpcOptions } from './vpc-access';

/** The settings of the handlers below a scope. */
export interface HandlerSettings extends VpcOptions {
  readonly encryptionKey?: kms.IKey;
  readonly logRetention?: logs.RetentionDays;
  readonly logRemovalPolicy?: RemovalPolicy;
  readonly permissionsBoundary?: iam.IManagedPolicy;
}

const settings = new WeakMap<IConstruct, HandlerSettings>();

/** The first handler below each scope, whose settings can no longer change. */
const handlers = new WeakMap<IConstruct, IConstruct>();

/** Sets properties of the handlers below a scope. */
export function addHandlerSettings(scope: IConstruct, added: HandlerSettings): void {
  const handler = handlers.get(scope);
  if (handler !== undefined) {
    throw new RuleError(
      'all-stages',
      `The handlers of ${scope.node.path || 'the app'} must be configured before they are created, and ${handler.node.path} already ` +
        'exists. Call `HandlerConfig.of(…).configure(…)` before the first job, workflow, continuous deployment, smoke test, validated ' +
        'algorithm, verified image or added script is created.',
    );
  }
  settings.set(scope, { ...settings.get(scope), ...defined(added) });
}

/** The settings of a handler. Those of an inner scope override those of an outer one. */
export function handlerSettings(handler: IConstruct): HandlerSettings {
  const { scopes } = handler.node;
  scopes.filter((scope) => !handlers.has(scope)).forEach((scope) => handlers.set(scope, handler));
  return Object.assign({}, ...scopes.map((scope) => settings.get(scope))) as HandlerSettings;
}

function defined(options: HandlerSettings): HandlerSettings {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
