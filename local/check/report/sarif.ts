import { CHECKS } from '../checks';
import type { CheckResult, Finding, Severity } from '../core/finding';
import { REPOSITORY, contractUrl } from './contract';

const LEVELS: Record<Severity, string> = { error: 'error', warning: 'warning', note: 'note' };

/** The format of code scanning tools. The location of each finding is the image. */
export function sarif(results: CheckResult[]): string {
  const selected = new Set(results.flatMap(({ checks }) => checks.map(({ id }) => id)));
  const rules = CHECKS.filter(({ id }) => selected.has(id)).map(({ id, title, severity, fact }) => ({
    id,
    shortDescription: { text: title },
    helpUri: contractUrl(fact),
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { fact },
  }));
  const driver = { name: 'byoa', informationUri: REPOSITORY, rules };
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver },
        results: results.flatMap(({ image, findings }) => findings.map((finding) => resultOf(image, finding))),
      },
    ],
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
