import { createHash } from 'node:crypto';
import { XMLParser } from 'fast-xml-parser';
import type { CheckResult } from '../../../../local/check';
import { reportOf } from '../../../../local/check/report';

const result: CheckResult = {
  image: 'assets/churn',
  findings: [
    {
      id: 'ping',
      severity: 'error',
      message: 'GET /ping responds with 404 & never <200>.',
      fix: 'Respond with 200.',
      fact: 'B13',
      evidence: ['a line', 'another'],
    },
  ],
  checks: [
    { id: 'ping', status: 'failed', seconds: 1.5 },
    { id: 'user', status: 'passed', seconds: 0.01 },
    { id: 'batch', status: 'skipped', seconds: 0, reason: 'there is no batch transform job' },
    { id: 'draining', status: 'inconclusive', seconds: 0, reason: 'the container did not become healthy' },
  ],
};

const passed: CheckResult = { image: 'assets/other', findings: [], checks: [result.checks[1]] };
const CONTRACT = 'https://github.com/cdk-sagemaker-algorithm/cdk-sagemaker-algorithm/blob/main/docs/contract.md';

describe('The text report', () => {
  test('has each finding with its fix and evidence, a summary, and the inconclusive and skipped checks with their reasons', () => {
    expect(reportOf('text', [result])).toBe(
      [
        'error: ping (B13)',
        '  GET /ping responds with 404 & never <200>.',
        '  Fix: Respond with 200.',
        '  | a line',
        '  | another',
        `  See ${CONTRACT}#b13`,
        '',
        'assets/churn: 1 error; 1 check passed, 1 inconclusive, 1 skipped.',
        '',
        'Inconclusive checks:',
        '  the container did not become healthy: draining',
        '',
        'Skipped checks:',
        '  there is no batch transform job: batch',
      ].join('\n'),
    );
  });

  test('has one line for each reason, with the first five checks', () => {
    const reason = 'the image is not checked for processing';
    const checks = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => ({
      id,
      status: 'skipped' as const,
      seconds: 0,
      reason,
    }));
    expect(reportOf('text', [{ ...passed, checks }])).toContain(
      'Skipped checks:\n  the image is not checked for processing: a, b, c, d, e, and 2 more',
    );
  });

  test('has the time of each check on request, the longest first, and the longest chain of containers', () => {
    const time = { containers: 2, waits: 1, work: 0.26 };
    const longestChain = [
      { name: 'training', check: 'model-written', startSeconds: 0.5, seconds: 2 },
      { name: 'serving', check: 'ping', startSeconds: 2.5, seconds: 1.24 },
    ];
    const timed: CheckResult = {
      ...passed,
      checks: [
        { id: 'user', status: 'passed', seconds: 0.01, time: { containers: 0, waits: 0, work: 0.01 } },
        { id: 'ping', status: 'passed', seconds: 3.26, time },
        { id: 'batch', status: 'passed', seconds: 12.3, time: { ...time, waits: 10.04 } },
      ],
      timings: { seconds: 12.5, containers: longestChain, longestChain },
    };
    expect(reportOf('text', [timed])).toBe('assets/other: no findings; 3 checks passed.');
    expect(reportOf('text', [timed], { hasTimings: true })).toBe(
      [
        'assets/other: no findings; 3 checks passed.',
        '',
        'check  seconds  containers  waits  work',
        'batch     12.3         2.0   10.0   0.3',
        'ping       3.3         2.0    1.0   0.3',
        'user       0.0         0.0    0.0   0.0',
        '',
        'All checks took 12.5 s, and the longest chain of containers 3.2 s:',
        '  0.5 s: training (model-written), 2.0 s',
        '  2.5 s: serving (ping), 1.2 s',
      ].join('\n'),
    );
  });

  test('without findings has no link to the contract', () => {
    expect(reportOf('text', [passed])).toBe('assets/other: no findings; 1 check passed.');
  });
});

test('The JSON report is the result itself, and a list of results for an app', () => {
  expect(JSON.parse(reportOf('json', [result]))).toEqual(result);
  expect(JSON.parse(reportOf('json', [result], { isApp: true }))).toEqual([result]);
});

describe('The JUnit report', () => {
  interface Suite extends Record<string, unknown> {
    readonly testcase: Record<string, unknown>[];
  }

  function suiteOf(one: CheckResult): Suite {
    const parser = new XMLParser({ ignoreAttributes: false });
    return (parser.parse(reportOf('junit', [one])) as { testsuites: { testsuite: Suite } }).testsuites.testsuite;
  }

  test('has a test case for each check, with its failures or the reason why it was skipped', () => {
    const { testcase, ...suite } = suiteOf(result);
    expect(suite).toEqual({
      '@_name': 'byoa check assets/churn',
      '@_tests': '4',
      '@_failures': '1',
      '@_errors': '0',
      '@_skipped': '2',
    });
    expect(testcase[0].failure).toEqual({
      '@_type': 'error',
      '@_message': 'GET /ping responds with 404 & never <200>.',
      '#text': 'Respond with 200.\na line\nanother',
    });
    expect(testcase[2].skipped).toEqual({ '@_message': 'there is no batch transform job' });
  });

  test('has an error for a check that could not run', () => {
    const [, user] = result.checks;
    const failed = { ...user, status: 'inconclusive' as const, reason: 'no space left', isError: true };
    const { testcase, ...suite } = suiteOf({ ...passed, checks: [failed, user] });
    expect(suite).toMatchObject({ '@_errors': '1', '@_skipped': '0' });
    expect(testcase[0].error).toEqual({ '@_message': 'no space left' });
  });
});

describe('The SARIF report', () => {
  interface Rule {
    readonly id: string;
    readonly helpUri: string;
  }

  const { version, runs } = JSON.parse(reportOf('sarif', [result])) as {
    version: string;
    runs: { tool: { driver: { rules: Rule[] } }; results: Record<string, unknown>[] }[];
  };

  test('has a rule for each selected check, and a result with the image as its location for each finding', () => {
    expect(version).toBe('2.1.0');
    expect(runs[0].tool.driver.rules.map(({ id }) => id)).toEqual(['user', 'ping', 'batch', 'draining']);
    expect(runs[0].results).toEqual([
      {
        ruleId: 'ping',
        level: 'error',
        message: { text: 'GET /ping responds with 404 & never <200>.\nRespond with 200.\na line\nanother' },
        locations: [{ physicalLocation: { artifactLocation: { uri: 'assets/churn' } } }],
      },
    ]);
  });

  test('links each rule to the first of its requirements in the contract', () => {
    expect(runs[0].tool.driver.rules.map(({ id, helpUri }) => [id, helpUri])).toEqual([
      ['user', `${CONTRACT}#a13`],
      ['ping', `${CONTRACT}#b13`],
      ['batch', `${CONTRACT}#b45`],
      ['draining', `${CONTRACT}#b3`],
    ]);
  });
});

describe('The HTML report', () => {
  const HOSTILE = '"><script>alert(1)</script>&amp;\'';

  test('has each finding with its fix, evidence and requirements, a summary, and the outcome of each check', () => {
    const text = reportOf('html', [{ ...result, findings: [{ ...result.findings[0], fact: 'B13, E2' }] }]);
    for (const part of [
      '<h2>assets/churn</h2>\n<p>1 error; 1 check passed, 1 inconclusive, 1 skipped</p>',
      '<h3>error: ping</h3>\n<p class="message">GET /ping responds with 404 &amp; never &lt;200&gt;.</p>',
      '<p><strong>Fix:</strong> Respond with 200.</p>\n<pre>a line\nanother</pre>',
      `Requirement: <a href="${CONTRACT}#b13">B13</a>, <a href="${CONTRACT}#e2">E2</a>`,
      '<span class="inconclusive">inconclusive</span><br><span class="muted">the container did not become healthy</span>',
    ])
      expect(text).toContain(part);
  });

  test('escapes everything that comes from an image, so that none of it is markup', () => {
    const [finding] = result.findings;
    const texts = { id: HOSTILE, message: HOSTILE, fix: HOSTILE, fact: HOSTILE, evidence: [HOSTILE] };
    const checks = [{ ...result.checks[3], id: HOSTILE, reason: HOSTILE }];
    const text = reportOf('html', [{ image: HOSTILE, findings: [{ ...finding, ...texts }], checks }]);
    expect(text).not.toContain('<script');
    expect(text).not.toContain(HOSTILE);
    expect(text.match(/&quot;&gt;&lt;script&gt;alert\(1\)&lt;\/script&gt;&amp;amp;&#39;/g)?.length).toBeGreaterThan(7);
  });

  test('is one file that loads nothing: its policy allows only the style that it contains', () => {
    const text = reportOf('html', [result, passed], { isApp: true });
    const [, style = ''] = /<style>(.*)<\/style>/s.exec(text) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(text).toContain(`content="default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;"`);
    expect(text).not.toMatch(/<script|<link|<img|\bsrc=|@import|url\(/);
    expect(text).toContain('<h2>assets/other</h2>\n<p>no findings; 1 check passed</p>');
  });
});
