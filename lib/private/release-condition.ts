import { AspectPriority, Aspects, CfnCondition, CfnOutput, CfnResource, Fn, type IAspect, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { sha256 } from './fingerprint';
import { RuleError } from './rules';

/** The release conditions of constructs that only exist while a version is released. */
const conditions = new WeakMap<IConstruct, CfnCondition[]>();

/** The conditions that a combined condition consists of. */
const parts = new WeakMap<CfnCondition, CfnCondition[]>();

/** Records that a construct, which has no resources, only exists while a version is released. */
export function recordReleaseCondition(construct: IConstruct, condition: CfnCondition | undefined): void {
  if (condition === undefined) return;
  conditions.set(construct, [...new Set([...(conditions.get(construct) ?? []), ...partsOf(condition)])]);
}

/**
 * The condition under which all of these constructs exist. Undefined if none of them depends on a release, as in most stacks.
 */
export function releaseConditionOf(...constructs: (IConstruct | undefined)[]): CfnCondition | undefined {
  const all = constructs.flatMap((construct) => (construct === undefined ? [] : releaseConditionsOf(construct)));
  const distinct = [...new Set(all)];
  return distinct.length < 2 ? distinct[0] : allOf(distinct);
}

/** The release conditions of a construct. */
export function releaseConditionsOf(construct: IConstruct): readonly CfnCondition[] {
  return conditions.get(construct) ?? [];
}

/**
 * Makes all resources and outputs of a construct exist only while a version is released, including those that are added later.
 * Nothing changes if there is no condition.
 *
 * @throws an error if the construct is in another stack, since a condition is part of a template
 */
export function applyReleaseCondition(construct: IConstruct, condition: CfnCondition | undefined): void {
  if (condition === undefined) return;
  checkStack(construct, condition);
  recordReleaseCondition(construct, condition);
  Aspects.of(construct).add(new ReleaseConditionAspect(condition), { priority: AspectPriority.MUTATING });
}

function checkStack(construct: IConstruct, condition: CfnCondition): void {
  const [own, other] = [construct, condition].map((one) => Stack.of(one));
  if (own === other) return;
  throw new RuleError(
    'released-model-packages',
    `${construct.node.path} must be in stack ${other.node.path}: it uses a model package that stack releases, and only exists while a ` +
      'version is released, which stacks cannot know of each other. Create it in that stack, or call ' +
      '`ModelPackage.fromReleaseParameter()` and create the model in its own stack. Other stacks refer to a released endpoint by its ' +
      'name: `Endpoint.fromEndpointName()`.',
  );
}

function partsOf(condition: CfnCondition): CfnCondition[] {
  return parts.get(condition) ?? [condition];
}

/** The condition that all of several conditions hold, once per stack. */
function allOf(distinct: CfnCondition[]): CfnCondition {
  const stack = Stack.of(distinct[0]);
  distinct.forEach((condition) => checkStack(condition, distinct[0]));
  const paths = distinct.map(({ node }) => node.path).sort();
  const id = `AllReleased${sha256(paths.join(' ')).slice(0, 8)}`;
  const existing = stack.node.tryFindChild(id) as CfnCondition | undefined;
  const combined = existing ?? new CfnCondition(stack, id, { expression: Fn.conditionAnd(...distinct) });
  parts.set(combined, distinct);
  return combined;
}

/** Adds a condition to resources and outputs. A condition that the user has specified still has to hold. */
class ReleaseConditionAspect implements IAspect {
  /** An aspect can visit a construct more than once. */
  private readonly visited = new WeakSet<IConstruct>();

  constructor(private readonly condition: CfnCondition) {}

  public visit(node: IConstruct): void {
    if (this.visited.has(node)) return;
    this.visited.add(node);
    if (CfnResource.isCfnResource(node)) node.cfnOptions.condition = this.with(node.cfnOptions.condition);
    if (node instanceof CfnOutput) node.condition = this.with(node.condition);
  }

  private with(existing: CfnCondition | undefined): CfnCondition {
    if (existing === undefined || existing === this.condition) return this.condition;
    const all = [...new Set([...partsOf(existing), ...partsOf(this.condition)])];
    return all.length === 1 ? all[0] : allOf(all);
  }
}
