import type { CheckResult, Finding, Severity } from '../core/check';
import { CHECKS } from '../checks';

const LEVELS: Record<Severity, string> = { error: 'error', warning: 'warning', note: 'note' };

/** The format of code scanning: each finding is shown at the image that it was found in. */
export function sarif(results: CheckResult[]): string {
  const asked = new Set(results.flatMap(({ checks }) => checks.map(({ id }) => id)));
  const rules = CHECKS.filter(({ id }) => asked.has(id)).map(({ id, title, severity, fact }) => ({
    id,
    shortDescription: { text: title },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { fact },
  }));
  const driver = {
    name: 'byoa',
    informationUri: 'https://github.com/cdk-sagemaker-algorithm/cdk-sagemaker-algorithm',
    rules,
  };
  const found = results.flatMap(({ image, findings }) => findings.map((finding) => resultOf(image, finding)));
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, results: found }],
  };
  return JSON.stringify(document, undefined, 2);
}

function resultOf(image: string, { id, severity, message, fix, evidence }: Finding): object {
  return {
    ruleId: id,
    level: LEVELS[severity],
    message: { text: [message, fix, ...evidence].join('\n') },
    locations: [
      { physicalLocation: { artifactLocation: { uri: image.split('/').map(encodeURIComponent).join('/') } } },
    ],
  };
}
