import { XMLBuilder } from 'fast-xml-parser';
import type { CheckResult } from '../core/check';
import { CHECKS } from '../checks';

/** Each image a suite and each check a test case, as servers of continuous integration read it. */
export function junit(results: CheckResult[]): string {
  const builder = new XMLBuilder({ ignoreAttributes: false, format: true, suppressEmptyNode: true });
  const xml = { '@_version': '1.0', '@_encoding': 'UTF-8' };
  return builder.build({ '?xml': xml, testsuites: { testsuite: results.map(suiteOf) } }).trimEnd();
}

function suiteOf({ image, findings, checks }: CheckResult): object {
  const cases = checks.map(({ id, status, seconds, reason, isFault = false }) => ({
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
    ...(isFault ? { error: { '@_message': reason ?? '' } } : {}),
    ...(isSkipped(status) && !isFault ? { skipped: { '@_message': reason ?? '' } } : {}),
  }));
  const failed = checks.filter(({ status }) => status === 'failed').length;
  const faults = checks.filter(({ isFault }) => isFault === true).length;
  const skipped = checks.filter(({ status }) => isSkipped(status)).length - faults;
  const counts = { '@_tests': checks.length, '@_failures': failed, '@_errors': faults, '@_skipped': skipped };
  return { '@_name': `byoa check ${image}`, ...counts, testcase: cases };
}

const isSkipped = (status: string): boolean => status === 'skipped' || status === 'untold';
