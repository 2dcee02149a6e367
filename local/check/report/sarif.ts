import type { CheckResult } from '../check';
import { CHECKS } from '../checks';

/** The format of code scanning: each finding is shown at the Dockerfile of the image. */
export function sarif({ image, findings, checks }: CheckResult): string {
  const asked = new Set(checks.map(({ id }) => id));
  const rules = CHECKS.filter(({ id }) => asked.has(id)).map(({ id, title, severity, fact }) => ({
    id,
    shortDescription: { text: title },
    defaultConfiguration: { level: severity },
    properties: { fact },
  }));
  const results = findings.map(({ id, severity, message, fix, evidence }) => ({
    ruleId: id,
    level: severity,
    message: { text: [message, fix, ...evidence].join('\n') },
    locations: [{ physicalLocation: { artifactLocation: { uri: image.split('\\').join('/') } } }],
  }));
  const driver = { name: 'byoa check', rules };
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, results }],
  };
  return JSON.stringify(document, undefined, 2);
}
