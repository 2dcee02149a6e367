import { Annotations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The page that lists the rules of errors and warnings, with their sources. */
export const RULES_PAGE = 'https://github.com/cdk-sagemaker-algorithm/cdk-sagemaker-algorithm/blob/main/docs/rules.md';

/** The sections of the page, by their anchors. `scripts/rules/` contains the rules of each. */
export type RuleSection =
  | 'all-stages'
  | 'images'
  | 'algorithms'
  | 'training-and-tuning'
  | 'model-packages'
  | 'models'
  | 'endpoint-configurations'
  | 'endpoints-and-scaling'
  | 'released-model-packages'
  | 'continuous-lifecycle'
  | 'smoke-tests'
  | 'monitoring'
  | 'inference-components'
  | 'processing'
  | 'batch-transform'
  | 'networks-keys-and-permissions'
  | 'marketplace';

/** An error with a link to the rules of its section, in a line of its own. */
export class RuleError extends Error {
  constructor(section: RuleSection, message: string) {
    super(linked(section, message));
  }
}

/** Adds a warning, which an app can acknowledge by its id. */
export function addWarning(scope: IConstruct, section: RuleSection, id: string, message: string): void {
  Annotations.of(scope).addWarningV2(`cdk-sagemaker-algorithm:${id}`, linked(section, message));
}

/** Adds a validation at the end of synthesis. The last of its errors has the link to the rules. */
export function addValidation(scope: IConstruct, section: RuleSection, validate: () => string[]): void {
  scope.node.addValidation({
    validate: () => {
      const errors = validate();
      return errors.map((error, index) => (index === errors.length - 1 ? linked(section, error) : error));
    },
  });
}

function linked(section: RuleSection, message: string): string {
  return `${message}\nSee ${RULES_PAGE}#${section}`;
}
