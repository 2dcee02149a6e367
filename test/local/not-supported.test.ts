import { readFileSync } from 'node:fs';
import { UNSUPPORTED_PAGE, notSupported } from '../../local/aws-model/not-supported';
import { DOCUMENT, localSources, render, unsupportedFeatures } from '../../scripts/generate-unsupported';

const page = readFileSync(DOCUMENT, 'utf8');

test('docs/local-unsupported.md contains the errors: `npm run generate:rules` writes it', () => {
  expect(page).toBe(render());
});

describe('An error about a feature that the local service does not support', () => {
  test('ends with a link to the section of its service', () => {
    expect(notSupported('step-functions', 'mapRunArn of ListExecutions')).toBe(
      'The local service does not support mapRunArn of ListExecutions. See https://github.com/cdk-sagemaker-algorithm/' +
        'cdk-sagemaker-algorithm/blob/main/docs/local-unsupported.md#step-functions',
    );
    expect(UNSUPPORTED_PAGE.endsWith('/docs/local-unsupported.md')).toBe(true);
  });

  test('is listed below the heading to which it links', () => {
    const sections = page.split(/^## /m).slice(1);
    const anchors = sections.map((section) => section.split('\n')[0].toLowerCase().replaceAll(' ', '-'));
    const features = [...unsupportedFeatures()];
    expect(features.map(([anchor]) => anchor).sort()).toEqual([...anchors].sort());
    const missing = features.flatMap(([anchor, texts]) => {
      const lines = sections[anchors.indexOf(anchor)].split('\n');
      return texts.filter((text) => !lines.includes(`The local service does not support ${text}.`));
    });
    expect(missing).toEqual([]);
  });

  test('has its text and its link from one function', () => {
    const others = localSources().filter(
      ([file, source]) =>
        file !== 'aws-model/not-supported.ts' &&
        /local service does not support|not supported by the local service/.test(
          source.text.replace(/\/\*\*.*\*\//g, ''),
        ),
    );
    expect(others.map(([file]) => file)).toEqual([]);
  });
});
