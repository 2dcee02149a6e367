import { XMLBuilder } from 'fast-xml-parser';
import type { CheckResult } from '../check';
import { CHECKS } from '../checks';

/** Each check a test case, as servers of continuous integration read it. */
export function junit({ image, findings, checks }: CheckResult): string {
  const builder = new XMLBuilder({ ignoreAttributes: false, format: true, suppressEmptyNode: true });
  const cases = checks.map(({ id, status, seconds, reason }) => {
    const failures = findings.filter((finding) => finding.id === id);
    return {
      '@_name': CHECKS.find((check) => check.id === id)?.title ?? id,
      '@_classname': `byoa.${id}`,
      '@_time': seconds.toFixed(3),
      failure: failures.map(({ severity, message, fix, evidence }) => ({
        '@_type': severity,
        '@_message': message,
        '#text': [fix, ...evidence].join('\n'),
      })),
      ...(status === 'skipped' || status === 'untold' ? { skipped: { '@_message': reason ?? '' } } : {}),
    };
  });
  const failed = checks.filter(({ status }) => status === 'failed').length;
  const skipped = checks.filter(({ status }) => status === 'skipped' || status === 'untold').length;
  const counts = { '@_tests': checks.length, '@_failures': failed, '@_skipped': skipped };
  const suite = { '@_name': `byoa check ${image}`, ...counts, testcase: cases };
  const document = { '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' }, testsuites: { testsuite: suite } };
  return builder.build(document).trimEnd();
}
