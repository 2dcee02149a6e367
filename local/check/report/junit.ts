import { XMLBuilder } from 'fast-xml-parser';
import { CHECKS } from '../checks';
import type { CheckResult, Finding, Outcome } from '../core/finding';

/** A test suite per result and a test case per check. */
export function junit(results: CheckResult[]): string {
  const builder = new XMLBuilder({ ignoreAttributes: false, format: true, suppressEmptyNode: true });
  const xml = { '@_version': '1.0', '@_encoding': 'UTF-8' };
  return builder.build({ '?xml': xml, testsuites: { testsuite: results.map(suiteOf) } }).trimEnd();
}

function suiteOf({ image, findings, checks }: CheckResult): object {
  const count = (matches: (outcome: Outcome) => boolean): number => checks.filter(matches).length;
  return {
    '@_name': `byoa check ${image}`,
    '@_tests': checks.length,
    '@_failures': count(({ status }) => status === 'failed'),
    '@_errors': count(isError),
    '@_skipped': count(isSkipped),
    testcase: checks.map((outcome) => caseOf(outcome, findings)),
  };
}

function caseOf(outcome: Outcome, findings: Finding[]): object {
  const { id, seconds, reason = '' } = outcome;
  return {
    '@_name': CHECKS.find((check) => check.id === id)?.title ?? id,
    '@_classname': `byoa.${id}`,
    '@_time': seconds.toFixed(3),
    failure: findings
      .filter((finding) => finding.id === id)
      .map(({ severity, message, fix, evidence }) => ({
        '@_type': severity,
        '@_message': message,
        '#text': [fix, ...evidence].join('\n'),
      })),
    ...(isError(outcome) ? { error: { '@_message': reason } } : {}),
    ...(isSkipped(outcome) ? { skipped: { '@_message': reason } } : {}),
  };
}

const isError = ({ isError = false }: Outcome): boolean => isError;

/** JUnit has no status for inconclusive. */
const isSkipped = (outcome: Outcome): boolean =>
  ['skipped', 'inconclusive'].includes(outcome.status) && !isError(outcome);
