/** The pages of the documentation in the order of the sidebar. `test/site.test.ts` finds a page that is in no section. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import * as path from 'node:path';

interface Section {
  readonly title: string;

  /** The files below `docs/`, with a shorter title for the sidebar where the heading of the page is long. */
  readonly files: readonly (string | readonly [file: string, title: string])[];

  /** A directory below `docs/` whose other files follow, in the order of their names. */
  readonly directory?: string;
}

export interface Page {
  readonly file: string;
  readonly title: string;
}

const SECTIONS: readonly Section[] = [
  {
    title: 'Start',
    files: [['index.md', 'Overview'], 'init.md', 'guide.md', 'constructs.md', 'starters.md'],
  },
  {
    title: 'Concepts',
    files: [
      ['which-container.md', 'Which way do I need?'],
      ['one-image-or-two.md', 'One image or two?'],
      ['running.md', 'How SageMaker runs a container'],
      ['sagemaker-guide.md', 'The SageMaker guide'],
      ['contract.md', 'The container contract'],
      'jobs.md',
    ],
  },
  {
    title: 'How to',
    files: [
      ['extending-images.md', 'Extend an image'],
      ['toolkits.md', 'Use the toolkits'],
      ['testing.md', 'Test your stack'],
      ['continuous.md', 'Retrain and release'],
      ['monitoring.md', 'Monitor an endpoint'],
      ['accounts.md', 'Use several accounts'],
      ['lineage.md', 'Trace a version'],
      ['marketplace.md', 'AWS Marketplace'],
      ['notebooks.md', 'Notebooks'],
      ['migration.md', 'Migrate'],
    ],
  },
  {
    title: 'Tools',
    files: [
      ['checks.md', 'byoa check'],
      ['local.md', 'byoa local'],
      ['local-unsupported.md', 'Unsupported locally'],
      ['console.md', 'The console'],
      ['plan.md', 'byoa plan'],
      ['comparison.md', 'byoa compare'],
    ],
  },
  {
    title: 'For platform teams',
    files: [['platform.md', 'Overview']],
    directory: 'platform',
  },
  {
    title: 'Help',
    files: ['troubleshooting.md', 'faq.md', ['rules.md', 'Errors and warnings'], 'unproven.md'],
  },
  {
    title: 'Reference',
    files: [
      ['coverage.md', 'Coverage'],
      'performance.md',
      'scale.md',
      ['checks-corpus.md', 'The corpus of containers'],
    ],
  },
  { title: 'Decisions', files: [['decisions/README.md', 'Overview']], directory: 'decisions' },
];

/** The sections with their pages. A file that does not exist yet is left out. */
export function sections(docs: string): { title: string; pages: Page[] }[] {
  return SECTIONS.map(({ title, files, directory }) => {
    const listed = files.map((entry): [string, string?] => (typeof entry === 'string' ? [entry] : [...entry]));
    const others = directory === undefined ? [] : filesIn(docs, directory).map((file): [string, string?] => [file]);
    const all = [...listed, ...others.filter(([file]) => !listed.some(([other]) => other === file))];
    const existing = all.filter(([file]) => existsSync(path.join(docs, file)));
    return { title, pages: existing.map(([file, short]) => ({ file, title: short ?? headingOf(docs, file) })) };
  });
}

function filesIn(docs: string, directory: string): string[] {
  if (!existsSync(path.join(docs, directory))) return [];
  const names = readdirSync(path.join(docs, directory)).filter((name) => name.endsWith('.md'));
  return names.sort().map((name) => `${directory}/${name}`);
}

/** The first heading of a page. */
export function headingOf(docs: string, file: string): string {
  const [, heading] = /^# (.+)$/m.exec(readFileSync(path.join(docs, file), 'utf8')) ?? [];
  if (heading === undefined) throw new Error(`${file} has no heading of the first level.`);
  return heading.replaceAll('`', '');
}

/** The path of a page in the site: `decisions/README.md` is that of its directory. */
export function linkOf(file: string): string {
  return `/${file.replace(/(^|\/)(?:index|README)\.md$/, '$1').replace(/\.md$/, '')}`;
}
